using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Nightwatch.Adapters.Http;

namespace Nightwatch.Adapters.Secrets;

/// <summary>The keys of the settings: the current one, which new envelopes are made with, and earlier ones, which still open old envelopes.</summary>
internal sealed class SecretKeys
{
    public const string CurrentSetting = "NIGHTWATCH_SECRETS_KEY";
    public const string PreviousSetting = "NIGHTWATCH_SECRETS_KEYS_PREVIOUS";
    private const int KeyBytes = 32;

    private readonly Dictionary<string, SecretKey> byId = new(StringComparer.Ordinal);

    private SecretKeys(SecretKey? current, IEnumerable<SecretKey> previous)
    {
        Current = current;
        foreach (var key in (IEnumerable<SecretKey>)[.. current is null ? (SecretKey[])[] : [current], .. previous])
        {
            byId.TryAdd(key.Id, key);
        }
    }

    public SecretKey? Current { get; }

    public SecretKey? Find(string id) => byId.GetValueOrDefault(id);

    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A key is not 32 bytes in base64, or not a key at all; it is never repeated.</exception>
    public static SecretKeys Read(IConfiguration configuration)
    {
        var current = configuration[CurrentSetting];
        var previous = (configuration[PreviousSetting] ?? "").Split([',', ';', ' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        if (string.IsNullOrWhiteSpace(current))
        {
            return previous.Length == 0 ? new SecretKeys(null, []) : throw SourceOptions.Wrong(CurrentSetting, $"is missing although {PreviousSetting} is set");
        }

        return new SecretKeys(Parse(current.Trim(), CurrentSetting), [.. previous.Select(p => Parse(p, PreviousSetting))]);
    }

    private static SecretKey Parse(string text, string setting)
    {
        if (text.StartsWith("@Microsoft.KeyVault", StringComparison.OrdinalIgnoreCase))
        {
            throw SourceOptions.Wrong(
                setting,
                "is a Key Vault reference that the platform did not resolve; check that the app's identity may read the secret (role Key Vault Secrets User), and that the reference names one");
        }

        Span<byte> key = stackalloc byte[KeyBytes + 1];
        if (!Convert.TryFromBase64String(text, key, out var length) || length != KeyBytes)
        {
            throw SourceOptions.Wrong(setting, "must be 32 random bytes in base64 (openssl rand -base64 32)");
        }

        var bytes = key[..KeyBytes];
        // Anything random has some thirty different bytes in it; an example from a page or a repeated letter has few.
        var different = new HashSet<byte>(bytes.ToArray()).Count;
        try
        {
            return different >= 16 ? new SecretKey(bytes) : throw SourceOptions.Wrong(setting, "is not random: 32 random bytes in base64 are needed (openssl rand -base64 32)");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
