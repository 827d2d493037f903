namespace Nightwatch.Domain.Governance.Masking;

/// <summary>The data of a Kubernetes Secret, in YAML or JSON: every value is secret, whatever its name is.</summary>
internal static class KubernetesSecrets
{
    /// <param name="start">Of a word that ends with "secret".</param>
    /// <param name="end">Behind it.</param>
    public static void Find(ReadOnlySpan<char> text, int start, int end, ref Findings found)
    {
        if (found.SearchedAsSecret || end - start != "secret".Length || !IsKind(text[Math.Max(0, start - 16)..start]))
        {
            return;
        }

        found.SearchedAsSecret = true;
        var lines = text;
        var offset = 0;
        var section = -1;
        while (offset < text.Length)
        {
            var length = lines.IndexOf('\n');
            length = length < 0 ? lines.Length : length;
            var line = lines[..length];
            var content = line.Trim();
            var indent = line.Length - line.TrimStart().Length;
            if (section >= 0 && content.Length > 0 && indent <= section)
            {
                section = -1;
            }

            if (section < 0 && content is "data:" or "stringData:" or "\"data\": {" or "\"stringData\": {")
            {
                section = indent;
            }
            else if (section >= 0 && content.Length > 0 && content[0] != '#')
            {
                Scalar(line, offset, ref found);
            }
            else
            {
                Inline(line, offset, ref found);
            }

            offset += length + 1;
            lines = offset < text.Length ? text[offset..] : [];
        }
    }

    private static bool IsKind(ReadOnlySpan<char> before)
    {
        before = before.TrimEnd("\"'\\ ");
        return before.EndsWith(":") && before[..^1].TrimEnd("\"'\\ ").EndsWith("kind", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>name: value, or a line of a block scalar.</summary>
    private static void Scalar(ReadOnlySpan<char> line, int offset, ref Findings found)
    {
        var colon = line.IndexOf(": ");
        var start = colon < 0 ? 0 : colon + 2;
        if (colon < 0 && line.TrimEnd().EndsWith(":"))
        {
            return;
        }

        while (start < line.Length && line[start] is ' ' or '\t' or '"' or '\'')
        {
            start++;
        }

        var value = line[start..].TrimEnd(" \t\r\"',");
        if (value.Length >= 4 && !SecretValues.IsStandIn(value))
        {
            found.Add(offset + start, value.Length, SensitiveData.NamedSecret);
        }
    }

    /// <summary>"data":{"name":"value",...} in one line.</summary>
    private static void Inline(ReadOnlySpan<char> line, int offset, ref Findings found)
    {
        var data = line.IndexOf("data\":", StringComparison.OrdinalIgnoreCase);
        var open = data < 0 ? -1 : line[data..].IndexOf('{');
        if (open < 0)
        {
            return;
        }

        var at = data + open + 1;
        var close = line[at..].IndexOf('}');
        var end = close < 0 ? line.Length : at + close;
        while (at < end && line[at..end].IndexOf(':') is var colon and >= 0)
        {
            var start = at + colon + 1;
            while (start < end && line[start] is ' ' or '"')
            {
                start++;
            }

            var stop = line[start..end].IndexOfAny("\",");
            stop = stop < 0 ? end : start + stop;
            if (stop - start >= 4 && !SecretValues.IsStandIn(line[start..stop]))
            {
                found.Add(offset + start, stop - start, SensitiveData.NamedSecret);
            }

            at = stop + 1;
        }
    }
}
