using System.Security.Cryptography;

namespace Nightwatch.Adapters.OpenIdConnect.Tokens;

/// <summary>
/// A signature algorithm of RFC 7518 that we accept. All have a public and a private key: what has one secret for both (HS*) and what has none (none) is
/// not in the table, and EdDSA is not because .NET has no implementation of it.
/// </summary>
internal sealed record SignatureAlgorithm(string Name, HashAlgorithmName Hash, RSASignaturePadding? Padding, SignatureCurve? Curve)
{
    private static readonly Dictionary<string, SignatureAlgorithm> Table = new[]
    {
        new SignatureAlgorithm("RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, null),
        new SignatureAlgorithm("RS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1, null),
        new SignatureAlgorithm("RS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1, null),
        new SignatureAlgorithm("PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss, null),
        new SignatureAlgorithm("PS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pss, null),
        new SignatureAlgorithm("PS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pss, null),
        new SignatureAlgorithm("ES256", HashAlgorithmName.SHA256, null, SignatureCurve.P256),
        new SignatureAlgorithm("ES384", HashAlgorithmName.SHA384, null, SignatureCurve.P384),
        new SignatureAlgorithm("ES512", HashAlgorithmName.SHA512, null, SignatureCurve.P521),
    }.ToDictionary(algorithm => algorithm.Name, StringComparer.Ordinal);

    /// <summary>The algorithm of exactly that name, or null.</summary>
    public static SignatureAlgorithm? Find(string name) => Table.GetValueOrDefault(name);

    /// <summary>The hash over ASCII text that at_hash is made of (OpenID Connect Core, 3.1.3.6): the left half is what counts.</summary>
    public byte[] HashOf(byte[] data) => Hash == HashAlgorithmName.SHA256 ? SHA256.HashData(data) : Hash == HashAlgorithmName.SHA384 ? SHA384.HashData(data) : SHA512.HashData(data);
}

/// <summary>A curve by the name that a JSON Web Key gives it; a coordinate has <see cref="FieldBytes"/> bytes.</summary>
internal sealed record SignatureCurve(string Name, ECCurve Curve, int FieldBytes)
{
    public static SignatureCurve P256 { get; } = new("P-256", ECCurve.NamedCurves.nistP256, 32);

    public static SignatureCurve P384 { get; } = new("P-384", ECCurve.NamedCurves.nistP384, 48);

    public static SignatureCurve P521 { get; } = new("P-521", ECCurve.NamedCurves.nistP521, 66);

    public static SignatureCurve? Find(string? name) => name switch { "P-256" => P256, "P-384" => P384, "P-521" => P521, _ => null };
}
