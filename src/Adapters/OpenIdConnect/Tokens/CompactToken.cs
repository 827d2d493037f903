using System.Text;
using System.Text.Json;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Adapters.OpenIdConnect.Tokens;

/// <summary>
/// A signed token in the compact form of RFC 7515, taken apart and not yet believed: `header.payload.signature`. The header says which key and algorithm
/// it claims; keys or addresses of keys inside it (jwk, jku, x5u, x5c) are not read.
/// </summary>
internal sealed record CompactToken
{
    /// <summary>Characters. Entra puts up to 200 groups into a token, which makes about 11 KB.</summary>
    public const int MaxLength = 16 * 1024;

    private const int MaxHeaderLength = 2048;

    private const int MaxKeyIdLength = 256;

    private CompactToken()
    {
    }

    public required string Algorithm { get; init; }

    public required string KeyId { get; init; }

    /// <summary>The media type that the token says it has, without "application/" and in lower case; empty when it says nothing.</summary>
    public required string Type { get; init; }

    public required byte[] Payload { get; init; }

    public required byte[] Signature { get; init; }

    /// <summary>What was signed: the ASCII bytes of the first two parts with the dot between them.</summary>
    public required byte[] SigningInput { get; init; }

    /// <summary>Either the parts, or why there are none (a phrase for the log; it repeats nothing of the token).</summary>
    public static (CompactToken? Token, string? Flaw) Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            return (null, $"is longer than {MaxLength} characters");
        }

        var first = text.IndexOf('.', StringComparison.Ordinal);
        var last = text.LastIndexOf('.');
        if (first < 0 || first == last || text.AsSpan(first + 1, last - first - 1).Contains('.'))
        {
            return (null, text.Count(c => c == '.') == 4 ? "is encrypted (JWE)" : "does not have three parts");
        }

        if (first > MaxHeaderLength)
        {
            return (null, "has a header that is too long");
        }

        var header = Base64UrlText.Decode(text.AsSpan(0, first));
        var payload = Base64UrlText.Decode(text.AsSpan(first + 1, last - first - 1));
        var signature = Base64UrlText.Decode(text.AsSpan(last + 1));
        return header is null || payload is null || signature is null
            ? (null, "is not base64url")
            : signature.Length == 0 ? (null, "has no signature")
            : Read(header, payload, signature, Encoding.ASCII.GetBytes(text, 0, last));
    }

    private static (CompactToken? Token, string? Flaw) Read(byte[] headerBytes, byte[] payload, byte[] signature, byte[] signingInput)
    {
        if (StrictJson.ParseObject(headerBytes) is not { } header)
        {
            return (null, "has a header that is no strict JSON object");
        }

        if (header.TryGetProperty("enc", out _))
        {
            return (null, "is encrypted (JWE)");
        }

        // We understand no extension, so any that is critical is one too many (RFC 7515, 4.1.11).
        if (header.TryGetProperty("crit", out _))
        {
            return (null, "has critical header members");
        }

        if (Text(header, "alg") is not { } algorithm)
        {
            return (null, "names no algorithm");
        }

        if (Text(header, "kid") is not { Length: > 0 and <= MaxKeyIdLength } keyId)
        {
            return (null, "names no key, or one with too long a name");
        }

        var type = header.TryGetProperty("typ", out var typ) ? typ.ValueKind == JsonValueKind.String ? MediaType(typ.GetString()!) : null : "";
        return type is null
            ? (null, "has a type that is no text")
            : (new CompactToken { Algorithm = algorithm, KeyId = keyId, Type = type, Payload = payload, Signature = signature, SigningInput = signingInput }, null);
    }

    private static string? Text(JsonElement header, string name) =>
        header.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string MediaType(string type)
    {
        var lower = type.ToLowerInvariant();
        return lower.StartsWith("application/", StringComparison.Ordinal) ? lower["application/".Length..] : lower;
    }
}
