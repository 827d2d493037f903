using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Nightwatch.Domain.Governance.SignIn;

/// <summary>Random values that a browser keeps and we know by their hash only.</summary>
public static class OpaqueSecret
{
    /// <summary>256 bits as 43 characters of base64url.</summary>
    public const int Length = 43;

    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256 in lower-case hexadecimal. The value has 256 random bits, so no salt and no slow hash is needed.</summary>
    public static string HashOf(string secret) => TextHash.Of(secret);

    /// <summary>Whether the text can be one of ours; keeps what cannot be away from the store.</summary>
    public static bool IsOne(string? text) => text is { Length: Length } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>Another value of 256 bits from this one, for one purpose; whoever has it does not learn the secret.</summary>
    public static string Derive(string secret, string purpose) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(purpose)));
}
