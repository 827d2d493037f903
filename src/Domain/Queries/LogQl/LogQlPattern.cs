namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>
/// Patterns of <c>| pattern</c> and of <c>|></c>: text with captures such as <c>&lt;status&gt;</c> between, and <c>&lt;_&gt;</c> for what does not matter.
/// Source: Loki's documentation, "Log queries", pattern.
/// </summary>
internal static class LogQlPattern
{
    /// <summary>What is wrong with a pattern that makes labels; null when nothing is.</summary>
    internal static string? ProblemOfParser(string pattern)
    {
        if (!TryRead(pattern, out var names, out var problem))
        {
            return problem;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (name != "_" && !seen.Add(name))
            {
                return $"the pattern captures <{name}> twice";
            }
        }

        return seen.Count > 0 ? null : "the pattern needs at least one named capture, as in \"<status> <_>\"";
    }

    /// <summary>What is wrong with a pattern that lines are filtered by; null when nothing is.</summary>
    internal static string? ProblemOfFilter(string pattern)
    {
        if (!TryRead(pattern, out var names, out var problem))
        {
            return problem;
        }

        var named = names.Find(name => name != "_");
        return named is null ? null : $"a pattern that filters lines names no captures; write <_> instead of <{named}>";
    }

    private static bool TryRead(string pattern, out List<string> names, out string? problem)
    {
        (names, problem) = ([], null);
        var last = -1;
        for (var at = pattern.IndexOf('<', StringComparison.Ordinal); at >= 0; at = pattern.IndexOf('<', at + 1))
        {
            var length = Name(pattern.AsSpan(at + 1));
            if (length == 0)
            {
                continue;
            }

            names.Add(pattern.Substring(at + 1, length));
            if (last == at)
            {
                problem = $"the pattern has two captures side by side, <{names[^2]}><{names[^1]}>; text must stand between them";
                return false;
            }

            last = at + length + 2;
            at = last - 1;
        }

        return true;
    }

    /// <summary>The length of the name when a capture begins here, else 0.</summary>
    private static int Name(ReadOnlySpan<char> rest)
    {
        var length = 0;
        while (length < rest.Length && (rest[length] == '_' || char.IsAsciiLetter(rest[length]) || (length > 0 && char.IsAsciiDigit(rest[length]))))
        {
            length++;
        }

        return length > 0 && length < rest.Length && rest[length] == '>' ? length : 0;
    }
}
