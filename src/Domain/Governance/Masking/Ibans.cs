using System.Collections.Frozen;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>International account numbers (ISO 13616): country, check digits, and as many characters as that country has, with or without blanks between fours.</summary>
internal static class Ibans
{
    // From the public IBAN registry: the length by country.
    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Lengths =
        ("AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 " +
         "LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20")
        .Split(' ').ToFrozenDictionary(entry => entry[..2], entry => int.Parse(entry.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture)).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Returns the end of the account that begins here, or 0.</summary>
    public static int Find(ReadOnlySpan<char> text, int at, ref Findings found)
    {
        if (at + 15 > text.Length || !char.IsAsciiDigit(text[at + 2]) || !char.IsAsciiDigit(text[at + 3]) || !Lengths.TryGetValue(text.Slice(at, 2), out var length))
        {
            return 0;
        }

        Span<char> account = stackalloc char[34];
        var (count, end) = (0, at);
        while (end < text.Length && count < length)
        {
            var c = text[end];
            if (char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c))
            {
                account[count++] = c;
            }
            else if (c != ' ' || count % 4 != 0)
            {
                return 0;
            }

            end++;
        }

        if (count < length || (end < text.Length && char.IsAsciiLetterOrDigit(text[end])) || !Checksums.Mod97(account[..length]))
        {
            return 0;
        }

        found.Add(at, end - at, SensitiveData.Iban);
        return end;
    }
}
