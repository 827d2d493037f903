using System.Security.Cryptography;
using System.Text;

namespace Nightwatch.Domain.Governance;

/// <summary>SHA-256 of texts (in UTF-8) as lower-case hexadecimal, as the settings and the store have it; and the comparison of what must not be guessed.</summary>
public static class TextHash
{
    /// <summary>64 digits.</summary>
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The first 32 digits, for ids.</summary>
    public static string ShortOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    /// <summary>Compares in a time that does not depend on where the texts differ. Null is the same as nothing, not even null.</summary>
    public static bool Same(string? left, string? right) =>
        left is not null && right is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
