namespace Nightwatch.Domain.Governance.Masking;

/// <summary>
/// Cuts a text into the blocks that are masked one by one: lines, joined where a secret may go over the end of a line (a private key, a YAML document of Kubernetes,
/// a continued command, a name whose value stands on the next line). Where a block ends depends on what came before only, so that a stream is cut as the
/// whole text is.
/// </summary>
internal static class TextBlocks
{
    /// <summary>Characters that a block has at most, and that a stream holds back at most.</summary>
    public const int MaxLength = 64 * 1024;

    private const int CutWindow = 4 * 1024;

    /// <summary>Where the block that begins at <paramref name="start"/> ends, or -1 when more of the text must be known.</summary>
    /// <param name="complete">Nothing follows the text.</param>
    public static int End(ReadOnlySpan<char> text, int start, bool complete)
    {
        var at = start;
        var (yaml, key) = (false, -1);
        while (true)
        {
            var window = text[at..Math.Min(text.Length, start + MaxLength)];
            var length = window.IndexOf('\n');
            if (length < 0)
            {
                return text.Length - start >= MaxLength ? Cut(text, start, key, at) : complete ? text.Length : -1;
            }

            var line = window[..length];
            key = OpenKey(line, key, at);
            yaml = IsYaml(line, yaml);
            at += length + 1;
            if (key < 0 && !yaml && !GoesOn(line))
            {
                return at;
            }

            if (at - start >= MaxLength)
            {
                return Cut(text, start, key, at);
            }
        }
    }

    /// <summary>Before a private key that is not complete; otherwise behind the last separator of a longest block.</summary>
    private static int Cut(ReadOnlySpan<char> text, int start, int key, int lineStart)
    {
        var end = start + MaxLength;
        key = key >= 0 ? key : OpenKey(text[lineStart..end], -1, lineStart);
        if (key > start)
        {
            return key;
        }

        var tail = text[(end - CutWindow)..end];
        var cut = tail.LastIndexOfAny("\n,;&}");
        cut = cut < 0 ? tail.LastIndexOfAny(" \t") : cut;
        // Not inside a surrogate pair.
        return cut >= 0 ? end - CutWindow + cut + 1 : char.IsHighSurrogate(text[end - 1]) ? end - 1 : end;
    }

    /// <summary>Where a private key begins whose end has not come yet, or -1.</summary>
    private static int OpenKey(ReadOnlySpan<char> line, int open, int offset)
    {
        if (line.IndexOf("-----", StringComparison.Ordinal) < 0)
        {
            return open;
        }

        var begin = line.LastIndexOf("-----BEGIN ", StringComparison.Ordinal);
        var end = line.LastIndexOf("-----END ", StringComparison.Ordinal);
        return begin > end && PrivateKeys.IsOpen(line[begin..]) ? offset + begin : end >= 0 || begin >= 0 ? -1 : open;
    }

    private static bool IsYaml(ReadOnlySpan<char> line, bool before)
    {
        if (!before)
        {
            var head = line.TrimStart();
            return head.StartsWith("apiVersion:") || head.StartsWith("kind:") || head.StartsWith("\"kind\":") || head.StartsWith("\"apiVersion\":") || head.TrimEnd() is "data:" or "stringData:";
        }

        var content = line.TrimEnd();
        return content.Length > 0 && !content.StartsWith("---") && (char.IsWhiteSpace(content[0]) || content[0] is '#' or '-' or '"' or '\'' || content.IndexOf(':') > 0);
    }

    /// <summary>The line ends in the middle: with a backslash, a sign after a name that tells, or only the name of a pair.</summary>
    private static bool GoesOn(ReadOnlySpan<char> line)
    {
        line = line.TrimEnd();
        if (line.Length == 0)
        {
            return false;
        }

        if (line[^1] is '\\')
        {
            return true;
        }

        var name = line.TrimStart(" \t-{\"'");
        return (line[^1] is ':' or '=' or '|' or '>' || name.StartsWith("name", StringComparison.OrdinalIgnoreCase) || name.StartsWith("key", StringComparison.OrdinalIgnoreCase)) && NamedSecrets.MayTell(line);
    }
}
