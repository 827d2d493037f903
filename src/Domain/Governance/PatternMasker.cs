using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Governance;

/// <summary>
/// Recognises secrets by their form: private keys, JSON web tokens, bearer and basic credentials, passwords in URLs, well-known API keys, and values named
/// password, secret, token or api key. It errs on the side of masking; the name of what was masked stays.
/// </summary>
/// <remarks>Every pattern is linear (no backtracking), since the text is untrusted.</remarks>
public sealed partial class PatternMasker : IMasker
{
    public const string Masked = "[masked]";

    public string Mask(string text)
    {
        // Each pattern needs one of these; most label values and numbers have none, and looking for them is vectorised.
        if (text.Length < 8 || !MayHoldSecret().IsMatch(text))
        {
            return text;
        }

        var result = PrivateKey().Replace(text, Masked);
        result = WebToken().Replace(result, Masked);
        result = UrlPassword().Replace(result, $"$1{Masked}@");
        result = Credentials().Replace(result, $"$1 {Masked}");
        result = ApiKey().Replace(result, Masked);
        return NamedSecret().Replace(result, $"$1{Masked}");
    }

    [GeneratedRegex(
        @"-----BEGIN|eyJ|://|bearer|basic|sk-|gh[pousr]_|xox|AKIA|passw|pwd|secret|token|api.?key|accountkey",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex MayHoldSecret();

    [GeneratedRegex(@"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[A-Za-z0-9+/=\s\\:,-]*", RegexOptions.NonBacktracking)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(\.[A-Za-z0-9_-]*)?", RegexOptions.NonBacktracking)]
    private static partial Regex WebToken();

    [GeneratedRegex(@"(://[^\s/:@""']{0,256}:)[^\s/@""']{1,256}@", RegexOptions.NonBacktracking)]
    private static partial Regex UrlPassword();

    [GeneratedRegex(@"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Credentials();

    [GeneratedRegex(@"\b(sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|xox[a-z]-[A-Za-z0-9-]{10,}|AKIA[0-9A-Z]{16})", RegexOptions.NonBacktracking)]
    private static partial Regex ApiKey();

    [GeneratedRegex(
        @"((?:password|passwd|pwd|secret|token|api[_-]?key|accountkey)[""']?\s*[=:]\s*[""']?)[^\s""',;&}{\[]{4,}",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex NamedSecret();
}
