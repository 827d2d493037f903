using System.Buffers;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>Numbers that only their name makes personal: national phone numbers, and national ids of bare digits (with their check digit where one is known).</summary>
internal static class NamedNumbers
{
    private static readonly SearchValues<string> Hints = SearchValues.Create(
        ["phone", "mobile", "msisdn", "telefon", "fax", "ssn", "social_security", "pesel", "bsn", "steuer", "tax_id", "taxid", "aadhaar", "national_id", "nationalid", "passport_n", "cpf"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> Number = SearchValues.Create("0123456789 .-()/");

    public static bool MayTell(ReadOnlySpan<char> text) => text.ContainsAny(Hints);

    public static void Find(ReadOnlySpan<char> text, ref Findings found)
    {
        if (!found.Wants(SensitiveData.Phone | SensitiveData.NationalId))
        {
            return;
        }

        var from = 0;
        while (text[from..].IndexOfAny(Hints) is var hit and >= 0)
        {
            var start = from + hit;
            from = start + 3;
            // A name of its own or the end of one: home_phone, taxId, not microphone.
            if (start > 0 && char.IsAsciiLetterLower(text[start - 1]) && char.IsAsciiLetterLower(text[start]))
            {
                continue;
            }

            var value = Gap(text, from);
            var run = text[value..Math.Min(text.Length, value + 24)];
            var length = run.IndexOfAnyExcept(Number);
            run = (length < 0 ? run : run[..length]).TrimEnd(" .-(/");
            var kind = text[start] is 's' or 'S' or 'b' or 'B' or 'a' or 'A' or 'n' or 'N' or 'c' or 'C' || text[start..].StartsWith("p", StringComparison.OrdinalIgnoreCase) && !text[start..].StartsWith("ph", StringComparison.OrdinalIgnoreCase) || text[start..].StartsWith("tax", StringComparison.OrdinalIgnoreCase)
                ? SensitiveData.NationalId : SensitiveData.Phone;
            var digits = Characters.CountDigits(run);
            if (value < text.Length && value > from && digits is >= 7 and <= 15 && (kind == SensitiveData.Phone || digits >= 8) && (value + run.Length >= text.Length || !char.IsAsciiLetterOrDigit(text[value + run.Length])))
            {
                found.Add(value, run.Length, kind);
                from = value + run.Length;
            }
        }
    }

    /// <summary>Over the rest of the name, quotes, blanks and one sign.</summary>
    private static int Gap(ReadOnlySpan<char> text, int from)
    {
        var signs = text[from - 1] == ':' ? 1 : 0;
        var at = from;
        for (; at < text.Length && at < from + 32; at++)
        {
            var c = text[at];
            if (c is ':' or '=' && signs++ == 0)
            {
                continue;
            }

            if (!(c is ' ' or '"' or '\'' or '\\' or '#' or '>' || (signs == 0 && (char.IsAsciiLetter(c) || c is '_' or '.' or '-'))))
            {
                break;
            }
        }

        return signs == 0 ? from : at;
    }
}
