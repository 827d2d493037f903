using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Nightwatch.Adapters.Secrets;

/// <summary>
/// One configured key. It encrypts nothing itself: keys for each use come from it by HKDF-SHA-256 (RFC 5869), one for each tenant, and its id is derived as
/// well, so that nobody has to name keys and an id tells nothing about its key.
/// </summary>
internal sealed class SecretKey
{
    /// <summary>48 bits: enough to tell a handful of keys apart. It is no secret and proves nothing.</summary>
    private const int IdBytes = 6;

    private readonly byte[] root = new byte[32];

    public SecretKey(ReadOnlySpan<byte> key)
    {
        HKDF.Extract(HashAlgorithmName.SHA256, key, "nightwatch secrets v1"u8, root);
        Span<byte> id = stackalloc byte[IdBytes];
        HKDF.Expand(HashAlgorithmName.SHA256, root, id, "key id"u8);
        Id = Base64Url.EncodeToString(id);
    }

    /// <summary>Eight characters of base64url.</summary>
    public string Id { get; }

    /// <summary>The cipher for a tenant's secrets; the caller disposes of it.</summary>
    public AesGcm CipherFor(string tenant)
    {
        Span<byte> key = stackalloc byte[32];
        HKDF.Expand(HashAlgorithmName.SHA256, root, key, Encoding.UTF8.GetBytes("encrypt aes-256-gcm tenant " + tenant));
        var cipher = new AesGcm(key, AesGcmSecretProtector.TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }
}
