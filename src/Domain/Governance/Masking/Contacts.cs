using System.Buffers;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>E-mail addresses (RFC 5322 dot-atoms at a name with a top-level domain) and international phone numbers (E.164).</summary>
internal static class Contacts
{
    private const int MaxLocal = 64;
    private static readonly SearchValues<char> Local = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-");
    private static readonly SearchValues<char> Domain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");

    public static void Emails(ReadOnlySpan<char> text, ref Findings found)
    {
        if (!found.Wants(SensitiveData.Email))
        {
            return;
        }

        var from = 0;
        while (text[from..].IndexOf('@') is var hit and >= 0)
        {
            var at = from + hit;
            from = at + 1;
            var floor = Math.Max(0, at - MaxLocal);
            var start = floor + text[floor..at].LastIndexOfAnyExcept(Local) + 1;
            var domain = text[(at + 1)..Math.Min(text.Length, at + 254)];
            var length = domain.IndexOfAnyExcept(Domain);
            domain = (length < 0 ? domain : domain[..length]).TrimEnd(".-");
            if (start == at || !IsDomain(domain) || text[start..at] is "git" or "rabbit" || (start > 1 && text[start - 1] == '/' && text[start - 2] == '/'))
            {
                continue;
            }

            from = at + 1 + domain.Length;
            found.Add(start, from - start, SensitiveData.Email);
        }
    }

    /// <summary>+ and 8 to 15 digits, with blanks, dots, dashes or brackets between them.</summary>
    public static void Phones(ReadOnlySpan<char> text, ref Findings found)
    {
        if (!found.Wants(SensitiveData.Phone))
        {
            return;
        }

        var from = 0;
        while (text[from..].IndexOf('+') is var hit and >= 0)
        {
            var at = from + hit;
            from = at + 1;
            // An offset of a time, a sum, an encoded blank.
            if ((at > 0 && (char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] is '+' or '/' or '=')) || from >= text.Length || text[from] is < '1' or > '9')
            {
                continue;
            }

            var (digits, end) = (0, from);
            var limit = Math.Min(text.Length, from + 24);
            for (var i = from; i < limit && (char.IsAsciiDigit(text[i]) || (text[i] is ' ' or '.' or '-' or '(' or ')' && !(text[i] is ' ' or '.' or '-' && text[i - 1] is ' ' or '.' or '-'))); i++)
            {
                (digits, end) = char.IsAsciiDigit(text[i]) ? (digits + 1, i + 1) : (digits, end);
            }

            if (digits is >= 9 and <= 15 && (end == text.Length || !char.IsAsciiLetterOrDigit(text[end])))
            {
                found.Add(at, end - at, SensitiveData.Phone);
                from = end;
            }
        }
    }

    private static bool IsDomain(ReadOnlySpan<char> domain)
    {
        var dot = domain.LastIndexOf('.');
        if (dot <= 0 || domain[0] is '.' or '-')
        {
            return false;
        }

        var top = domain[(dot + 1)..];
        return top.Length is >= 2 and <= 24 && top.IndexOfAnyExcept(Characters.Letters) < 0
            && top is not ("service" or "local" or "internal" or "svc" or "target" or "scope" or "timer" or "mount" or "slice" or "socket" or "png" or "jpg" or "js" or "json" or "localdomain" or "go" or "java" or "cs");
    }
}
