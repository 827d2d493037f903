using System.Globalization;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>
/// Numbers as Go writes them: decimal with or without fraction and exponent, hexadecimal with 0x, octal with a leading 0, underscores between digits (3.x), Inf and NaN.
/// </summary>
internal static class PromQlNumber
{
    /// <summary>Moves behind what 3.x takes for a number. False when it is none; a unit may then make it a duration.</summary>
    internal static bool Scan(string query, ref int at)
    {
        var hexadecimal = at + 1 < query.Length && query[at] == '0' && query[at + 1] is 'x' or 'X';
        at += hexadecimal ? 2 : 0;
        at += hexadecimal && Is(query, at, '_') ? 1 : 0;
        var (start, dot, exponent) = (at, false, false);
        at += Is(query, at, '.') ? 1 : 0;
        at += IsDigit(query, at, hexadecimal) ? 1 : 0;
        while (at < query.Length && (IsDigit(query, at, hexadecimal) || query[at] is '.' or '_' or 'e' or 'E'))
        {
            var c = query[at++];
            if (c == '.')
            {
                if (dot || hexadecimal || (at < query.Length && query[at] is '_' or '.'))
                {
                    return false;
                }

                dot = true;
            }
            else if (c is 'e' or 'E')
            {
                at += at < query.Length && query[at] is '+' or '-' ? 1 : 0;
                if (exponent || at >= query.Length || query[at] is '.' or '_' or 'e' or 'E')
                {
                    return false;
                }

                exponent = true;
            }
            else if (c == '_')
            {
                if (at >= query.Length || query[at] is '.' or '_' or 'e' or 'E')
                {
                    return false;
                }
            }
            else
            {
                while (IsDigit(query, at, hexadecimal))
                {
                    at++;
                }
            }
        }

        return at > (hexadecimal ? start - 2 : start) && !(at < query.Length && (char.IsAsciiLetterOrDigit(query[at]) || query[at] == '_'));
    }

    /// <summary>The same for 2.42, which has no underscores.</summary>
    internal static bool ScanOld(string query, ref int at)
    {
        var hexadecimal = at + 1 < query.Length && query[at] == '0' && query[at + 1] is 'x' or 'X';
        at += hexadecimal ? 2 : 0;
        Digits(query, ref at, hexadecimal);
        if (Is(query, at, '.'))
        {
            at++;
            Digits(query, ref at, hexadecimal);
        }

        if (at < query.Length && query[at] is 'e' or 'E')
        {
            at++;
            at += at < query.Length && query[at] is '+' or '-' ? 1 : 0;
            Digits(query, ref at, false);
        }

        return !(at < query.Length && (char.IsAsciiLetterOrDigit(query[at]) || query[at] == '_'));
    }

    /// <summary>The value of what was scanned. False for what is no number after all, or larger than a double holds.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out double value)
    {
        if (text.Equals("inf", StringComparison.OrdinalIgnoreCase) || text.Equals("nan", StringComparison.OrdinalIgnoreCase))
        {
            value = text[0] is 'i' or 'I' ? double.PositiveInfinity : double.NaN;
            return true;
        }

        value = 0;
        if (text.Contains('_'))
        {
            return UnderscoresSeparateDigits(text) && TryParse(text.ToString().Replace("_", "", StringComparison.Ordinal), out value);
        }

        if (text.Length > 2 && text[0] == '0' && text[1] is 'x' or 'X')
        {
            var isHexadecimal = long.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var whole) && whole >= 0;
            value = whole;
            return isHexadecimal;
        }

        if (text.Length > 1 && text[0] == '0' && !text.ContainsAnyExceptInRange('0', '7') && TryOctal(text, out value))
        {
            return true;
        }

        // The runtime takes what is too large for infinity, Go for an error.
        return double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    private static bool TryOctal(ReadOnlySpan<char> text, out double value)
    {
        var whole = 0L;
        value = 0;
        foreach (var digit in text)
        {
            if (whole > long.MaxValue >> 3)
            {
                return false;
            }

            whole = (whole << 3) + (digit - '0');
        }

        value = whole;
        return true;
    }

    private static bool UnderscoresSeparateDigits(ReadOnlySpan<char> text)
    {
        // The x of 0x counts as a digit: an underscore may follow it.
        var hexadecimal = text.Length > 2 && text[0] == '0' && text[1] is 'x' or 'X';
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '_' && !(i > 0 && i + 1 < text.Length && IsDigit(text[i + 1], hexadecimal) && (IsDigit(text[i - 1], hexadecimal) || (hexadecimal && i == 2))))
            {
                return false;
            }
        }

        return true;
    }

    private static void Digits(string query, ref int at, bool hexadecimal)
    {
        while (IsDigit(query, at, hexadecimal))
        {
            at++;
        }
    }

    private static bool Is(string query, int at, char c) => at < query.Length && query[at] == c;

    private static bool IsDigit(string query, int at, bool hexadecimal) => at < query.Length && IsDigit(query[at], hexadecimal);

    private static bool IsDigit(char c, bool hexadecimal) => hexadecimal ? char.IsAsciiHexDigit(c) : char.IsAsciiDigit(c);
}
