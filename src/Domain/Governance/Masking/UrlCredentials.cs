using System.Buffers;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>What stands before the @ in a URL's authority (RFC 3986, section 3.2.1): the password, or a user that is a token.</summary>
internal static class UrlCredentials
{
    private const int MaxAuthority = 512;
    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n\"'<>`\\");

    public static void Find(ReadOnlySpan<char> text, ref Findings found)
    {
        var from = 0;
        while (text[from..].IndexOf("://", StringComparison.Ordinal) is var hit and >= 0)
        {
            var start = from + hit + 3;
            from = start;
            var authority = text[start..Math.Min(text.Length, start + MaxAuthority)];
            var stop = authority.IndexOfAny(Ends);
            authority = stop < 0 ? authority : authority[..stop];
            // Up to the path; a password may hold a slash, so the last @ before a host and its path counts.
            var path = authority.IndexOfAny("/?#");
            var at = (path < 0 ? authority : authority[..path]).LastIndexOf('@');
            at = at < 0 && path >= 0 && authority[..path].IndexOf(':') is var port and > 0 && !IsPort(authority[(port + 1)..path]) ? authority.LastIndexOf('@') : at;
            if (at <= 0)
            {
                continue;
            }

            var colon = authority[..at].IndexOf(':');
            var secret = authority[(colon + 1)..at];
            if (!secret.IsEmpty && !Harmless(secret) && (colon >= 0 || (secret.Length >= 16 && SecretValues.IsRandom(secret))))
            {
                found.Add(start + colon + 1, secret.Length, SensitiveData.UrlCredential);
            }

            from = start + at + 1;
        }
    }

    private static bool Harmless(ReadOnlySpan<char> secret) => SecretValues.IsMarker(secret) || (secret[0], secret[^1]) is ('<', '>') or ('{', '}') || secret.StartsWith("${") || (secret[0] == '$' && SecretValues.IsName(secret[1..])) || secret.IndexOfAnyExcept("*x") < 0;

    private static bool IsPort(ReadOnlySpan<char> text) => text.Length <= 5 && text.IndexOfAnyExceptInRange('0', '9') < 0;
}
