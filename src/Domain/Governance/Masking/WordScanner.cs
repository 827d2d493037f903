using System.Buffers;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>
/// One walk over a text that stops where a word of letters and digits begins, and asks the formats that may begin there. Everything that has a fixed beginning
/// or begins with a number is found in this walk.
/// </summary>
internal static class WordScanner
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly SearchValues<char> UrlSafe = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
    private static readonly SearchValues<char> AzureChars = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~");

    public static void Find(ReadOnlySpan<char> text, ref Findings found)
    {
        var at = 0;
        var masked = 0;
        while (at < text.Length)
        {
            var c = text[at];
            if (!char.IsAsciiLetterOrDigit(c))
            {
                if (c == '~')
                {
                    AzureSecret(text, at, ref found);
                }

                at++;
                continue;
            }

            if (at >= masked)
            {
                masked = Math.Max(masked, Begin(text, at, ref found));
                // \nTOKEN and %20TOKEN: the escape's characters are not the word's.
                var escape = at == 0 ? 0 : text[at - 1] == '\\' && c is 'n' or 'r' or 't' ? 1 : text[at - 1] == '%' ? 2 : 0;
                masked = escape > 0 && at + escape < text.Length ? Math.Max(masked, Begin(text, at + escape, ref found)) : masked;
            }

            do
            {
                at++;
            }
            while (at < text.Length && char.IsAsciiLetterOrDigit(text[at]));
        }
    }

    /// <summary>What begins here; returns its end, or 0.</summary>
    private static int Begin(ReadOnlySpan<char> text, int at, ref Findings found)
    {
        var c = text[at];
        var next = at + 1 < text.Length ? text[at + 1] : '\0';
        foreach (var format in TokenFormats.StartingWith(c, next))
        {
            if (format.Match(text[at..]) is var length and > 0)
            {
                found.Add(at, length, SensitiveData.KnownToken);
                return at + length;
            }
        }

        if (c == 'e' && next == 'y' && WebToken(text, at) is var end and > 0)
        {
            found.Add(at, end - at, SensitiveData.WebToken);
            return end;
        }

        if (char.IsAsciiDigit(c))
        {
            return Math.Max(NumberedToken(text, at, ref found), found.Wants(SensitiveData.Personal) ? Numbers.Find(text, at, ref found) : 0);
        }

        if (char.IsAsciiLetterUpper(c) && char.IsAsciiLetterUpper(next) && found.Wants(SensitiveData.Iban | SensitiveData.NationalId))
        {
            return Math.Max(Ibans.Find(text, at, ref found), NationalIds.FindLettered(text, at, ref found));
        }

        return MixedToken(text, at, ref found);
    }

    /// <summary>Header, payload and signature (or the five parts of an encrypted one), each base64url; the header begins with {" in that form.</summary>
    private static int WebToken(ReadOnlySpan<char> text, int at)
    {
        if (at + 2 >= text.Length || text[at + 2] != 'J')
        {
            return 0;
        }

        var (end, parts) = (at, 0);
        while (parts < 5)
        {
            var length = text[end..].IndexOfAnyExcept(UrlSafe);
            length = length < 0 ? text.Length - end : length;
            if (parts < 2 && length < (parts == 0 ? 8 : 4))
            {
                return 0;
            }

            end += length;
            parts++;
            if (end + 1 > text.Length - 1 || text[end] != '.' || (parts >= 2 && !UrlSafe.Contains(text[end + 1]) && parts != 2))
            {
                break;
            }

            end++;
        }

        return parts >= 2 ? end : 0;
    }

    /// <summary>Bot tokens of Telegram (id:AA...), app tokens of Facebook (id|...), Mailchimp keys that begin with a digit.</summary>
    private static int NumberedToken(ReadOnlySpan<char> text, int at, ref Findings found)
    {
        var digits = text[at..].IndexOfAnyExceptInRange('0', '9');
        var end = at + digits;
        if (digits is >= 8 and <= 10 && text[end..].StartsWith(":AA") && Run(text, end + 1) == 35)
        {
            return Add(at, end + 36, ref found);
        }

        if (digits is >= 13 and <= 18 && text[end] == '|' && Run(text, end + 1) is 26 or 27 or 28)
        {
            return Add(at, end + 1 + Run(text, end + 1), ref found);
        }

        return MixedToken(text, at, ref found);
    }

    /// <summary>Forms without a fixed beginning: Mailchimp (hex-us1), Terraform Cloud (x.atlasv1.y), Discord (three parts by their lengths), Firebase (x:APA91b).</summary>
    private static int MixedToken(ReadOnlySpan<char> text, int at, ref Findings found)
    {
        var length = text[at..].IndexOfAnyExcept(Letters);
        var end = at + length;
        if (length == 32 && text[end] == '-' && text[end..].StartsWith("-us") && end + 3 < text.Length && char.IsAsciiDigit(text[end + 3]) && text[at..end].IndexOfAnyExcept(Characters.LowerHex) < 0)
        {
            return Add(at, end + 3 + Math.Max(1, text[(end + 3)..Math.Min(text.Length, end + 5)].IndexOfAnyExceptInRange('0', '9') is var n and >= 0 ? n : Math.Min(2, text.Length - end - 3)), ref found);
        }

        if (length == 14 && text[end..].StartsWith(".atlasv1.") && Run(text, end + 9) >= 60 && !SecretValues.IsFiller(text[at..end]))
        {
            return Add(at, end + 9 + Run(text, end + 9), ref found);
        }

        if (length is < 7 or > 28 || text[end] is not ('.' or ':' or '-' or '_'))
        {
            return 0;
        }

        var first = Run(text, at);
        end = at + first;
        if (end >= text.Length)
        {
            return 0;
        }

        if (text[end] == ':' && text[end..].StartsWith(":APA91b") && Run(text, end + 1) >= 100)
        {
            return Add(at, end + 1 + Run(text, end + 1), ref found);
        }

        var second = text[end] == '.' && first is >= 23 and <= 28 && text[at] is 'M' or 'N' or 'O' ? Run(text, end + 1) : 0;
        var third = second is 6 or 7 && end + 1 + second < text.Length && text[end + 1 + second] == '.' ? Run(text, end + 2 + second) : 0;
        return third is >= 27 and <= 40 ? Add(at, end + 2 + second + third, ref found) : 0;
    }

    /// <summary>Client secrets of Entra ID: three characters, a digit, Q~, and 31 to 34 more.</summary>
    private static void AzureSecret(ReadOnlySpan<char> text, int tilde, ref Findings found)
    {
        if (tilde < 5 || text[tilde - 1] != 'Q' || !char.IsAsciiDigit(text[tilde - 2]))
        {
            return;
        }

        var start = tilde - 5;
        var after = text[(tilde + 1)..Math.Min(text.Length, tilde + 40)];
        var length = after.IndexOfAnyExcept(AzureChars);
        length = length < 0 ? after.Length : length;
        if (length is >= 31 and <= 35 && text[start..tilde].IndexOfAnyExcept(AzureChars) < 0 && (start == 0 || !char.IsAsciiLetterOrDigit(text[start - 1])) && !SecretValues.IsFiller(after[..length]))
        {
            found.Add(start, 6 + length, SensitiveData.KnownToken);
        }
    }

    private static int Add(int start, int end, ref Findings found)
    {
        found.Add(start, end - start, SensitiveData.KnownToken);
        return end;
    }

    private static int Run(ReadOnlySpan<char> text, int at)
    {
        var rest = text[Math.Min(at, text.Length)..Math.Min(text.Length, at + 300)];
        var length = rest.IndexOfAnyExcept(UrlSafe);
        return length < 0 ? rest.Length : length;
    }
}
