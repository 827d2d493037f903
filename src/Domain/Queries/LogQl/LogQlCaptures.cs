namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>The named groups of a regular expression that is known to be valid.</summary>
internal static class LogQlCaptures
{
    internal static bool HasNamed(string pattern)
    {
        for (var at = 0; at < pattern.Length; at++)
        {
            if (pattern[at] == '\\')
            {
                at = at + 1 < pattern.Length && pattern[at + 1] == 'Q' ? EndOfQuote(pattern, at + 2) : at + 1;
            }
            else if (pattern[at] == '[')
            {
                at = EndOfClass(pattern, at);
            }
            else if (pattern[at] == '(' && (pattern.AsSpan(at).StartsWith("(?P<") || pattern.AsSpan(at).StartsWith("(?<")))
            {
                return true;
            }
        }

        return false;
    }

    private static int EndOfQuote(string pattern, int start)
    {
        var end = pattern.IndexOf("\\E", start, StringComparison.Ordinal);
        return end < 0 ? pattern.Length : end + 1;
    }

    private static int EndOfClass(string pattern, int start)
    {
        var at = start + 1;
        at += at < pattern.Length && pattern[at] == '^' ? 1 : 0;
        for (var first = at; at < pattern.Length && (pattern[at] != ']' || at == first); at++)
        {
            if (pattern[at] == '\\')
            {
                at++;
            }
            else if (pattern.AsSpan(at).StartsWith("[:") && pattern.IndexOf(":]", at + 2, StringComparison.Ordinal) is var end and > 0)
            {
                at = end + 1;
            }
        }

        return at;
    }
}
