using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Nightwatch.Domain.Governance.Secrets;

namespace Nightwatch.Adapters.Secrets;

/// <summary>
/// AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce: nws1.{key id}.{base64url of nonce, ciphertext, tag}. Version, key id and context are
/// authenticated with it. Plaintext: its length in four bytes, its UTF-8, zeros up to a multiple of 64 bytes.
/// </summary>
internal sealed class AesGcmSecretProtector(SecretKeys keys) : ISecretProtector
{
    public const int TagBytes = 16;
    private const int NonceBytes = 12;
    private const int LengthBytes = 4;
    private const int Block = 64;
    private const string Prefix = "nws1.";
    private const int KeyIdLength = 8;
    private const int Start = 5 + KeyIdLength + 1;
    private const int Overhead = NonceBytes + TagBytes;
    private const int MaxPlain = (LengthBytes + SecretText.MaxBytes + Block - 1) / Block * Block;

    private static readonly int MaxLength = Prefix.Length + KeyIdLength + 1 + Base64Url.GetEncodedLength(MaxPlain + Overhead);
    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    private static readonly OpenedSecret NoEnvelope = new(SecretOutcome.Malformed);
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public string? CurrentKeyId => keys.Current?.Id;

    public string Protect(SecretText secret, SecretContext context)
    {
        var key = keys.Current ?? throw new SecretsNotConfiguredException();
        var text = secret.Reveal();
        var length = Strict.GetByteCount(text);
        var plain = new byte[(LengthBytes + length + Block - 1) / Block * Block];
        BinaryPrimitives.WriteInt32BigEndian(plain, length);
        Strict.GetBytes(text, plain.AsSpan(LengthBytes));
        var sealedBytes = new byte[plain.Length + Overhead];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceBytes));
        using (var cipher = key.CipherFor(context.Tenant))
        {
            cipher.Encrypt(
                sealedBytes.AsSpan(0, NonceBytes), plain, sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(^TagBytes), Associated(key.Id, context));
        }

        CryptographicOperations.ZeroMemory(plain);
        return $"{Prefix}{key.Id}.{Base64Url.EncodeToString(sealedBytes)}";
    }

    public OpenedSecret Unprotect(string? envelope, SecretContext context)
    {
        if (Read(envelope) is not { } parts)
        {
            return NoEnvelope;
        }

        if (keys.Find(parts.KeyId) is not { } key)
        {
            return new(SecretOutcome.UnknownKey);
        }

        var plain = new byte[parts.Sealed.Length - Overhead];
        try
        {
            using var cipher = key.CipherFor(context.Tenant);
            cipher.Decrypt(
                parts.Sealed.AsSpan(0, NonceBytes), parts.Sealed.AsSpan(NonceBytes, plain.Length), parts.Sealed.AsSpan(^TagBytes), plain, Associated(key.Id, context));
            var length = BinaryPrimitives.ReadInt32BigEndian(plain);
            return new(SecretOutcome.Opened, new SecretText(Strict.GetString(plain, LengthBytes, length)));
        }
        catch (AuthenticationTagMismatchException)
        {
            return new(SecretOutcome.NotAuthentic);
        }
        catch (ArgumentException)
        {
            // Authentic, so made with our key, but not by this code: another form of plaintext.
            return NoEnvelope;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public bool NeedsRewrap(string? envelope) => CurrentKeyId is { } current && KeyIdOf(envelope) is { } id && id != current;

    public string? KeyIdOf(string? envelope) => Read(envelope)?.KeyId;

    private static byte[] Associated(string keyId, SecretContext context) => [.. Encoding.ASCII.GetBytes(Prefix + keyId + "."), .. context.ToBytes()];

    /// <summary>Null for everything that <see cref="Protect"/> could not have made, other spellings of the same bytes included.</summary>
    private static (string KeyId, byte[] Sealed)? Read(string? envelope)
    {
        if (envelope is null
            || envelope.Length > MaxLength
            || envelope.Length <= Start
            || !envelope.StartsWith(Prefix, StringComparison.Ordinal)
            || envelope[Start - 1] != '.'
            || envelope.AsSpan(Prefix.Length).ContainsAnyExcept(Alphabet))
        {
            return null;
        }

        var text = envelope.AsSpan(Start);
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (text.Contains('.')
            || Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done
            || written < Overhead + Block
            || (written - Overhead) % Block != 0
            || !text.SequenceEqual(Base64Url.EncodeToString(bytes.AsSpan(0, written))))
        {
            return null;
        }

        return (envelope[Prefix.Length..(Start - 1)], bytes[..written]);
    }
}
