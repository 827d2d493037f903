namespace Nightwatch.Domain.Governance.Masking;

/// <summary>Personal numbers that begin with a digit: payment cards and national ids.</summary>
internal static class Numbers
{
    private const int MaxSpan = 23;

    /// <summary>Returns the end of what was found where a number begins, or 0.</summary>
    public static int Find(ReadOnlySpan<char> text, int at, ref Findings found)
    {
        // Part of a longer name, path or decimal: no number of a person.
        if (at > 0 && text[at - 1] is '-' or '_' or '.' or '/' or '+' or '#' or '%' or '@' or '$')
        {
            return 0;
        }

        // How long the first group of digits is, and what follows it, rules out almost every number.
        var ahead = text[at..Math.Min(text.Length, at + MaxSpan + 1)];
        var digits = ahead.IndexOfAnyExceptInRange('0', '9');
        var next = digits > 0 ? ahead[digits] : ' ';
        var likely = digits switch
        {
            1 => next == ' ' && ahead.Length > 20,
            2 => next == '.',
            3 => next is '-' or '.',
            4 => next is ' ' or '-',
            6 => next is '-' or '+' or 'A',
            8 => char.IsAsciiLetterUpper(next),
            _ => digits is < 0 or >= 13,
        };
        if (!likely)
        {
            return 0;
        }

        var card = found.Wants(SensitiveData.Card) ? Card(ahead) : 0;
        if (card > 0)
        {
            found.Add(at, card, SensitiveData.Card);
            return at + card;
        }

        var id = found.Wants(SensitiveData.NationalId) ? NationalIds.Match(ahead) : 0;
        found.Add(at, id, SensitiveData.NationalId);
        return id > 0 ? at + id : 0;
    }

    /// <summary>13 to 19 digits in one run or in groups as printed on cards, of a known issuer range, with a valid Luhn digit.</summary>
    private static int Card(ReadOnlySpan<char> ahead)
    {
        Span<int> digits = stackalloc int[20];
        Span<int> groups = stackalloc int[8];
        int count = 0, group = 0, length = 0;
        var separator = '\0';
        while (length < ahead.Length && count < 20 && group < 8)
        {
            var c = ahead[length];
            if (char.IsAsciiDigit(c))
            {
                digits[count++] = c - '0';
                groups[group]++;
            }
            else if (c is ' ' or '-' && (separator == '\0' || separator == c) && length + 1 < ahead.Length && char.IsAsciiDigit(ahead[length + 1]) && groups[group] >= 4)
            {
                separator = c;
                group++;
            }
            else
            {
                break;
            }

            length++;
        }

        if (count is < 13 or > 19 || !Ends(ahead, length) || (group > 0 && !(groups[0] == 4 && groups[1] is 4 or 6)) || !IsIssuer(digits, count) || !Checksums.Luhn(digits[..count]))
        {
            return 0;
        }

        return length;
    }

    public static bool Ends(ReadOnlySpan<char> text, int at) =>
        at >= text.Length || (!char.IsAsciiLetterOrDigit(text[at]) && text[at] is not ('_' or '@' or '%') && !(text[at] is '.' or '-' or ':' && at + 1 < text.Length && char.IsAsciiLetterOrDigit(text[at + 1])));

    private static bool IsIssuer(ReadOnlySpan<int> digits, int count)
    {
        var four = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
        return (four / 1000 == 4 && count is 13 or 16 or 19) || (count == 16 && (four is (>= 5100 and <= 5599) or (>= 2221 and <= 2720) or 6011 or (>= 6440 and <= 6599) or (>= 3528 and <= 3589)))
            || (count == 15 && four / 100 is 34 or 37) || (count == 14 && (four / 100 is 36 or 38 or 39 || four / 10 is >= 300 and <= 305)) || (count >= 16 && four / 100 == 62);
    }
}
