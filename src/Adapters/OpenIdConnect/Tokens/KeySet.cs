using System.Security.Cryptography;
using System.Text.Json;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Adapters.OpenIdConnect.Tokens;

/// <summary>
/// The keys of a JSON Web Key Set (RFC 7517) that may verify signatures. A key that is for something else, malformed, weak or ambiguous is left out with
/// a reason; the others stay good.
/// </summary>
internal sealed class KeySet
{
    private const int MaxKeys = 100;
    private const int LeastRsaBits = 2048;
    private const int MostRsaBits = 8192;

    private readonly Dictionary<string, SigningKey> keys = new(StringComparer.Ordinal);
    private readonly List<string> skipped = [];

    private KeySet()
    {
    }

    public int Count => keys.Count;

    /// <summary>Why keys were left out, one phrase each; repeats no key.</summary>
    public IReadOnlyList<string> Skipped => skipped;

    public SigningKey? Find(string keyId) => keys.GetValueOrDefault(keyId);

    /// <summary>Null when the document is not a key set at all.</summary>
    public static KeySet? Parse(ReadOnlyMemory<byte> utf8) =>
        StrictJson.ParseObject(utf8) is { } document && document.TryGetProperty("keys", out var list) && list.ValueKind == JsonValueKind.Array
            ? Of(list.EnumerateArray())
            : null;

    public static KeySet Of(IEnumerable<JsonElement> webKeys)
    {
        var set = new KeySet();
        var twice = new HashSet<string>(StringComparer.Ordinal);
        foreach (var webKey in webKeys.Take(MaxKeys))
        {
            var (key, flaw) = Read(webKey);
            if (key is null)
            {
                set.skipped.Add(flaw!);
            }
            else if (!set.keys.TryAdd(key.KeyId, key) && !set.keys[key.KeyId].SameAs(key))
            {
                twice.Add(key.KeyId);
            }
        }

        foreach (var ambiguous in twice)
        {
            set.keys.Remove(ambiguous);
            set.skipped.Add("two keys have one name");
        }

        return set;
    }

    private static (SigningKey? Key, string? Flaw) Read(JsonElement webKey)
    {
        if (webKey.ValueKind != JsonValueKind.Object || Text(webKey, "kid") is not { Length: > 0 } keyId)
        {
            return (null, "a key has no name");
        }

        if (webKey.TryGetProperty("use", out _) && Text(webKey, "use") != "sig")
        {
            return (null, "a key is not for signatures");
        }

        if (webKey.TryGetProperty("key_ops", out var operations) && !AllowsVerifying(operations))
        {
            return (null, "a key is not for verifying");
        }

        var (key, flaw) = Text(webKey, "kty") switch
        {
            "RSA" => ReadRsa(webKey, keyId),
            "EC" => ReadCurve(webKey, keyId),
            _ => (null, "a key is of a kind that we do not use"),
        };
        if (key is null || !webKey.TryGetProperty("alg", out _))
        {
            return (key is null ? null : key with { Issuer = Text(webKey, "issuer") }, flaw);
        }

        return Text(webKey, "alg") is { } name && SignatureAlgorithm.Find(name) is { } algorithm && key.Fits(algorithm)
            ? (key with { Algorithm = name, Issuer = Text(webKey, "issuer") }, null)
            : (null, "a key is for an algorithm that it cannot do or that we do not accept");
    }

    private static (SigningKey? Key, string? Flaw) ReadRsa(JsonElement webKey, string keyId)
    {
        if (Number(webKey, "n") is not { } modulus || Number(webKey, "e") is not { } exponent)
        {
            return (null, "an RSA key is malformed");
        }

        var bits = (modulus.Length * 8) - System.Numerics.BitOperations.LeadingZeroCount((uint)modulus[0]) + 24;
        if (bits is < LeastRsaBits or > MostRsaBits)
        {
            return (null, $"an RSA key has {bits} bits");
        }

        // Odd, at least 3, and no larger than any that is in use.
        if (exponent.Length > 8 || exponent[^1] % 2 == 0 || (exponent.Length == 1 && exponent[0] < 3) || modulus[^1] % 2 == 0)
        {
            return (null, "an RSA key has an exponent or a modulus that cannot be sound");
        }

        return RocaFingerprint.Matches(modulus) ? (null, "an RSA key was made by a faulty generator (ROCA)") : (SigningKey.OfRsa(keyId, modulus, exponent), null);
    }

    private static (SigningKey? Key, string? Flaw) ReadCurve(JsonElement webKey, string keyId)
    {
        if (SignatureCurve.Find(Text(webKey, "crv")) is not { } curve
            || Coordinate(webKey, "x", curve) is not { } x
            || Coordinate(webKey, "y", curve) is not { } y)
        {
            return (null, "an elliptic curve key is malformed or on another curve");
        }

        var key = SigningKey.OfCurve(keyId, curve, x, y);
        try
        {
            key.CheckPoint();
            return (key, null);
        }
        catch (CryptographicException)
        {
            return (null, "an elliptic curve key is not on its curve");
        }
    }

    private static bool AllowsVerifying(JsonElement operations) =>
        operations.ValueKind == JsonValueKind.Array && operations.EnumerateArray().Any(o => o.ValueKind == JsonValueKind.String && o.ValueEquals("verify"));

    private static byte[]? Coordinate(JsonElement webKey, string name, SignatureCurve curve) =>
        Text(webKey, name) is { } text && Base64UrlText.Decode(text) is { } bytes && bytes.Length == curve.FieldBytes ? bytes : null;

    /// <summary>An unsigned number without leading zeros, which some libraries write although RFC 7518 says not to.</summary>
    private static byte[]? Number(JsonElement webKey, string name)
    {
        var bytes = Text(webKey, name) is { } text ? Base64UrlText.Decode(text) : null;
        var start = bytes.AsSpan().IndexOfAnyExcept((byte)0);
        return start < 0 ? null : bytes![start..];
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
