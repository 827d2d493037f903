namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>Where a value stands in a line of JSON (<c>request.headers["X-Id"][0]</c>) or logfmt (a key, or one in quotes).</summary>
internal static class LogQlPath
{
    internal static string? ProblemOfLogfmt(string expression)
    {
        var rest = expression.AsSpan().Trim(" \t\n");
        var quoted = rest.Length > 0 && rest[0] == '"';
        return rest.IsEmpty || (!quoted && Name(rest) != rest.Length) ? "a logfmt expression is one key, or a key in quotes" : null;
    }

    internal static string? ProblemOfJson(string expression)
    {
        var rest = expression.AsSpan().Trim(" \t\n");
        var first = true;
        while (first || !rest.IsEmpty)
        {
            if (!first && rest.Length > 0 && rest[0] == '.')
            {
                rest = rest[1..].TrimStart(" \t\n");
                first = true;
                if (rest.StartsWith("["))
                {
                    return "a name was expected behind the dot of the JSON path";
                }
            }

            var length = first ? Name(rest) : 0;
            length = length == 0 ? Index(rest) : length;
            if (length == 0)
            {
                return "a JSON path is names with dots between, and [0] or [\"name\"]";
            }

            rest = rest[length..].TrimStart(" \t\n");
            first = false;
        }

        return null;
    }

    private static int Name(ReadOnlySpan<char> rest)
    {
        var length = 0;
        while (length < rest.Length && (rest[length] == '_' || char.IsAsciiLetter(rest[length]) || (length > 0 && char.IsAsciiDigit(rest[length]))))
        {
            length++;
        }

        return length;
    }

    /// <summary>The length of an access in brackets, or 0.</summary>
    private static int Index(ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty || rest[0] != '[')
        {
            return 0;
        }

        var inner = rest[1..].TrimStart(" \t\n");
        var begin = rest.Length - inner.Length;
        var length = inner.StartsWith("\"") ? inner[1..].IndexOf('"') + 2 : inner.IndexOfAnyExceptInRange('0', '9');
        if (length < (inner.StartsWith("\"") ? 2 : 1))
        {
            return 0;
        }

        var after = inner[length..].TrimStart(" \t\n");
        return after.StartsWith("]") ? begin + inner.Length - after.Length + 1 : 0;
    }
}
