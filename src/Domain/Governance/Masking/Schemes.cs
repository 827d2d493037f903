using System.Buffers;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>Credentials behind the name of an authentication scheme (RFC 9110, section 11.4), with or without the header's name.</summary>
internal static class Schemes
{
    private static readonly string[] Names = ["Bearer ", "Basic ", "Token ", "Digest ", "ApiKey ", "Api-Key ", "Api-Token ", "Splunk ", "SharedKey ", "SharedAccessSignature ", "AWS4-HMAC-SHA256 ", "FlyV1 ", "GenieKey ", "SSWS ", "Klaviyo-API-Key ", "DPoP ", "Negotiate "];

    private static readonly SearchValues<string> Bare = SearchValues.Create(["bearer ", "basic ", "bearer%20", "bearer+"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> Credential = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~+/=-");

    /// <summary>The credentials of "Bearer abc": without the scheme, when the value begins with one.</summary>
    public static (int Start, int Length) Skip(ReadOnlySpan<char> text, int start, int length, bool quoted)
    {
        foreach (var name in Names)
        {
            var word = name.AsSpan(0, name.Length - 1);
            if (!text[start..].StartsWith(word, StringComparison.OrdinalIgnoreCase) || (length != word.Length && !(quoted && length > word.Length)))
            {
                continue;
            }

            var at = start + word.Length;
            var end = quoted ? start + length : text.Length;
            while (at < end && text[at] is ' ' or '\t')
            {
                at++;
            }

            if (at == start + word.Length || at >= end)
            {
                return (start, length);
            }

            var stop = text[at..end].IndexOfAny(quoted || name is "Digest " or "AWS4-HMAC-SHA256 " ? "\r\n" : "\r\n\"'`<> \\");
            return (at, stop < 0 ? end - at : stop);
        }

        return (start, length);
    }

    /// <summary>Bearer and Basic credentials wherever they stand; a sentence about them has only words.</summary>
    public static void Find(ReadOnlySpan<char> text, ref Findings found)
    {
        var from = 0;
        while (text[from..].IndexOfAny(Bare) is var hit and >= 0)
        {
            var at = from + hit + "basic".Length;
            at += text[at..].IndexOfAny(" %+");
            at += text[at] == '%' ? 3 : 1;
            while (at < text.Length && text[at] == ' ')
            {
                at++;
            }

            var stop = text[at..].IndexOfAnyExcept(Credential);
            var length = stop < 0 ? text.Length - at : stop;
            var value = text.Slice(at, length);
            if (length >= 10 && !SecretValues.IsStandIn(value) && (SecretValues.IsRandom(value) || value[^1] == '=' || value.ContainsAnyInRange('0', '9')))
            {
                found.Add(at, length, SensitiveData.Authorization);
            }

            from = at + length;
        }
    }
}
