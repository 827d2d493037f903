using System.Globalization;
using System.Text;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>Numbers of LogQL, which are those that Go's ParseFloat takes: decimal, or hexadecimal with an exponent of two.</summary>
internal static class LogQlNumerals
{
    internal static bool TryParse(ReadOnlySpan<char> text, out double value)
    {
        if (text.Length > 2 && text[1] is 'x' or 'X')
        {
            return TryHexadecimal(text[2..], out value);
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    internal static void Append(StringBuilder text, double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "LogQL has no literal for this number");
        }

        // Minus zero would be read as a duration by Loki; it compares as zero.
        var start = text.Length;
        text.Append(CultureInfo.InvariantCulture, $"{(value == 0 ? 0 : value):R}");
        text.Replace('E', 'e', start, text.Length - start);
    }

    private static bool TryHexadecimal(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        var end = text.IndexOfAny('p', 'P');
        if (end < 1 || end > 100 || !int.TryParse(text[(end + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent))
        {
            return false;
        }

        var (digits, fraction) = (0, false);
        foreach (var c in text[..end])
        {
            if (c == '.')
            {
                fraction = true;
            }
            else if (char.IsAsciiHexDigit(c))
            {
                value = (value * 16) + Convert.ToInt32(c.ToString(), 16);
                exponent -= fraction ? 4 : 0;
                digits++;
            }
            else
            {
                return false;
            }
        }

        value = Math.ScaleB(value, Math.Clamp(exponent, -5000, 5000));
        return digits > 0 && double.IsFinite(value);
    }
}
