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
        var masked = 0;
        for (var at = 0; at < text.Length;)
        {
            var c = text[at];
            if (!char.IsAsciiLetterOrDigit(c))
            {
                if (c is '~' or ':')
                {
                    Anchored(text, at, ref found);
                }

                at++;
                continue;
            }

            var end = at + 1;
            while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
            {
                end++;
            }

            if (at >= masked && at > 0 && text[at - 1] is '\\' or '%')
            {
                // \nTOKEN and %20TOKEN: the escape's characters are not the word's.
                var escape = text[at - 1] == '%' ? 2 : c is 'n' or 'r' or 't' ? 1 : 0;
                masked = escape > 0 && at + escape < end ? Math.Max(masked, Begin(text, at + escape, end, ref found)) : masked;
            }

            masked = at >= masked ? Math.Max(masked, Begin(text, at, end, ref found)) : masked;
            at = end;
        }
    }

    /// <summary>What begins with the word; returns its end, or 0. Most words end here at the first look.</summary>
    private static int Begin(ReadOnlySpan<char> text, int at, int end, ref Findings found)
    {
        var (first, second) = (text[at], at + 1 < text.Length ? text[at + 1] : '\0');
        foreach (var format in TokenFormats.StartingWith(first, second))
        {
            if (format.Match(text[at..]) is var length and > 0)
            {
                return Add(at, at + length, ref found);
            }
        }

        if (char.IsAsciiDigit(first))
        {
            return Math.Max(NumberedToken(text, at, ref found), Numbers.Find(text, at, ref found));
        }

        if (end - at < 4)
        {
            return 0;
        }

        if (first == 'e' && second == 'y' && WebToken(text, at) is var token and > 0)
        {
            found.Add(at, token - at, SensitiveData.WebToken);
            return token;
        }

        if (char.IsAsciiLetterUpper(first) && char.IsAsciiLetterUpper(second) && (char.IsAsciiDigit(text[at + 2]) || end - at == 16)
            && Math.Max(Ibans.Find(text, at, ref found), NationalIds.FindLettered(text, at, ref found)) is var number and > 0)
        {
            return number;
        }

        return MixedToken(text, at, end, ref found);
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

    /// <summary>Bot tokens of Telegram (id:AA...), app tokens of Facebook (id|...).</summary>
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

        return digits < 13 ? MixedToken(text, at, at + Math.Max(digits, 0) + Letter(text[(at + Math.Max(digits, 0))..]), ref found) : 0;
    }

    /// <summary>Forms without a fixed beginning: Mailchimp (hex-us1), Terraform Cloud (x.atlasv1.y), Discord (three parts by their lengths).</summary>
    private static int MixedToken(ReadOnlySpan<char> text, int at, int end, ref Findings found)
    {
        var after = text[end..];
        if (end - at == 32 && after.StartsWith("-us") && after.Length > 3 && char.IsAsciiDigit(after[3]) && text[at..end].IndexOfAnyExcept(Characters.LowerHex) < 0)
        {
            return Add(at, end + (after.Length > 4 && char.IsAsciiDigit(after[4]) ? 5 : 4), ref found);
        }

        if (end - at == 14 && after.StartsWith(".atlasv1.") && Run(text, end + 9) >= 60 && !SecretValues.IsFiller(text[at..end]))
        {
            return Add(at, end + 9 + Run(text, end + 9), ref found);
        }

        if (text[at] is not ('M' or 'N' or 'O') || Run(text, at) is not (>= 23 and <= 28 and var first))
        {
            return 0;
        }

        end = at + first;
        var second = end < text.Length && text[end] == '.' ? Run(text, end + 1) : 0;
        var third = second is 6 or 7 && end + 1 + second < text.Length && text[end + 1 + second] == '.' ? Run(text, end + 2 + second) : 0;
        return third is >= 27 and <= 40 ? Add(at, end + 2 + second + third, ref found) : 0;
    }

    private static void Anchored(ReadOnlySpan<char> text, int at, ref Findings found)
    {
        if (text[at] == '~')
        {
            AzureSecret(text, at, ref found);
        }
        else if (at + 7 < text.Length && text[at + 1] == 'A' && text[at..].StartsWith(":APA91b") && Run(text, at + 1) is var length and >= 100)
        {
            // Server keys of Firebase messaging: a short id stands before the colon.
            var floor = Math.Max(0, at - 30);
            var start = floor + text[floor..at].LastIndexOfAnyExcept(UrlSafe) + 1;
            Add(start, at + 1 + length, ref found);
        }
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

    private static int Letter(ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExcept(Letters);
        return length < 0 ? text.Length : length;
    }

    private static int Run(ReadOnlySpan<char> text, int at)
    {
        var rest = text[Math.Min(at, text.Length)..Math.Min(text.Length, at + 300)];
        var length = rest.IndexOfAnyExcept(UrlSafe);
        return length < 0 ? rest.Length : length;
    }
}
