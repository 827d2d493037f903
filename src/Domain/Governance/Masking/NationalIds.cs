namespace Nightwatch.Domain.Governance.Masking;

/// <summary>
/// National ids whose form is distinct, and whose check digit is right where there is one. An id of bare digits that any counter could show counts only beside
/// a name that tells (<see cref="NamedNumbers"/>).
/// </summary>
internal static class NationalIds
{
    private const string SpanishLetters = "TRWAGMYFPDXBNJZSQVHLCKE";
    private const string FinnishLetters = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    private static readonly int[] ChinaWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    private static readonly int[] ItalyOdd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

    /// <summary>The length of the id that begins with a digit here, or 0.</summary>
    public static int Match(ReadOnlySpan<char> text)
    {
        Span<int> d = stackalloc int[24];
        return Is(text, "000-00-0000", d) && UnitedStates(d) ? 11
            : Is(text, "000.000.000-00", d) && Brazil(d) ? 14
            : Is(text, "756.0000.0000.00", d) && d[0] == 7 && d[1] == 5 && d[2] == 6 && Switzerland(d) ? 16
            : Is(text, "00.00.00-000.00", d) && Belgium(d) ? 15
            : Is(text, "000000-0000", d) && Checksums.IsDay(d[2] * 10 + d[3], d[4] * 10 + d[5]) && Checksums.Luhn(d[..10]) ? 11
            : Finland(text, d) ? 11
            : Is(text, "00000000A", d) && text[8] == SpanishLetters[Number(d, 8) % 23] ? 9
            : Is(text, "0 00 00 00 000 000 00", d) && France(d) ? 21
            : China(text, d) ? 18
            : 0;
    }

    /// <summary>Ids that begin with letters: Italy's codice fiscale and, with one letter, Spain's NIE. Returns the end, or 0.</summary>
    public static int FindLettered(ReadOnlySpan<char> text, int at, ref Findings found)
    {
        var id = text[at..Math.Min(text.Length, at + 17)];
        if (id.Length < 16 || (id.Length == 17 && char.IsAsciiLetterOrDigit(id[16])) || !Shaped(id[..16], "AAAAAA00A00A000A"))
        {
            return 0;
        }

        var sum = 0;
        for (var i = 0; i < 15; i++)
        {
            var value = char.IsAsciiDigit(id[i]) ? id[i] - '0' : id[i] - 'A';
            sum += i % 2 == 0 ? ItalyOdd[value] : value;
        }

        if (sum % 26 != id[15] - 'A')
        {
            return 0;
        }

        found.Add(at, 16, SensitiveData.NationalId);
        return at + 16;
    }

    private static bool UnitedStates(ReadOnlySpan<int> d) => Number(d, 3) is > 0 and < 900 and not 666 && d[3] + d[4] > 0 && Number(d[5..], 4) > 0;

    private static bool Brazil(ReadOnlySpan<int> d) =>
        Checksums.Weighted(d, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10 == d[9] && Checksums.Weighted(d, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10 == d[10];

    private static bool Switzerland(ReadOnlySpan<int> d) => Checksums.Weighted(d, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 == 0;

    private static bool Belgium(ReadOnlySpan<int> d)
    {
        long number = Number(d, 9);
        return 97 - number % 97 == Number(d[9..], 2) || 97 - (number + 2_000_000_000L) % 97 == Number(d[9..], 2);
    }

    private static bool France(ReadOnlySpan<int> d)
    {
        long number = 0;
        foreach (var digit in d[..13])
        {
            number = number * 10 + digit;
        }

        return d[0] is 1 or 2 && 97 - number % 97 == Number(d[13..], 2);
    }

    private static bool Finland(ReadOnlySpan<char> text, Span<int> d) =>
        text.Length >= 11 && text[6] is '-' or '+' or 'A' && Is(text[..6], "000000", d) && Is(text[7..10], "000", d[6..]) && Checksums.IsDay(d[2] * 10 + d[3], d[0] * 10 + d[1])
        && Numbers.Ends(text, 11) && text[10] == FinnishLetters[Number(d, 9) % 31];

    private static bool China(ReadOnlySpan<char> text, Span<int> d)
    {
        if (text.Length < 18 || !Numbers.Ends(text, 18) || text[..17].IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return false;
        }

        for (var i = 0; i < 17; i++)
        {
            d[i] = text[i] - '0';
        }

        return d[6] * 10 + d[7] is 19 or 20 && Checksums.IsDay(d[10] * 10 + d[11], d[12] * 10 + d[13]) && text[17] == "10X98765432"[Checksums.Weighted(d, ChinaWeights) % 11];
    }

    private static int Number(ReadOnlySpan<int> digits, int count)
    {
        var number = 0;
        foreach (var digit in digits[..count])
        {
            number = number * 10 + digit;
        }

        return number;
    }

    /// <summary>Whether the text has the shape (0 a digit, A a capital, others themselves) and ends there; fills the digits.</summary>
    private static bool Is(ReadOnlySpan<char> text, string shape, Span<int> digits)
    {
        if (text.Length < shape.Length || !Shaped(text[..shape.Length], shape) || !Numbers.Ends(text, shape.Length))
        {
            return false;
        }

        var count = 0;
        foreach (var c in text[..shape.Length])
        {
            if (char.IsAsciiDigit(c))
            {
                digits[count++] = c - '0';
            }
        }

        return true;
    }

    private static bool Shaped(ReadOnlySpan<char> text, string shape)
    {
        for (var i = 0; i < shape.Length; i++)
        {
            var right = shape[i] switch { >= '0' and <= '9' => char.IsAsciiDigit(text[i]), 'A' => char.IsAsciiLetterUpper(text[i]), var other => text[i] == other };
            if (!right)
            {
                return false;
            }
        }

        return true;
    }
}
