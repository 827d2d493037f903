using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Nightwatch.Adapters.OpenIdConnect.Tokens;

/// <summary>
/// A public key of a provider, for signatures only. The classes of .NET that verify are not for several threads and cost ten times a signature to make, so a
/// key keeps a few of them, each used by one thread at a time.
/// </summary>
internal sealed record SigningKey
{
    private readonly RSAParameters rsa;
    private readonly ECParameters curvePoint;
    private readonly ConcurrentBag<AsymmetricAlgorithm> idle = [];

    private SigningKey(RSAParameters rsa, ECParameters curvePoint)
    {
        this.rsa = rsa;
        this.curvePoint = curvePoint;
    }

    public required string KeyId { get; init; }

    /// <summary>The one algorithm that the key is for, when its owner says so.</summary>
    public string? Algorithm { get; init; }

    /// <summary>Entra says of each key of its multi-tenant set whose tokens it signs; may hold {tenantid}.</summary>
    public string? Issuer { get; init; }

    /// <summary>Null for an RSA key.</summary>
    public SignatureCurve? Curve { get; private init; }

    public static SigningKey OfRsa(string keyId, byte[] modulus, byte[] exponent) =>
        new(new RSAParameters { Modulus = modulus, Exponent = exponent }, default) { KeyId = keyId };

    public static SigningKey OfCurve(string keyId, SignatureCurve curve, byte[] x, byte[] y) =>
        new(default, new ECParameters { Curve = curve.Curve, Q = new ECPoint { X = x, Y = y } }) { KeyId = keyId, Curve = curve };

    /// <summary>Whether the key's kind, curve and declared algorithm all allow this one.</summary>
    public bool Fits(SignatureAlgorithm algorithm) => algorithm.Curve == Curve && (Algorithm is null || Algorithm == algorithm.Name);

    /// <summary>Whether both are the same numbers for the same use.</summary>
    public bool SameAs(SigningKey other) => Curve == other.Curve && Algorithm == other.Algorithm && Material().AsSpan().SequenceEqual(other.Material());

    /// <summary>False also when the key is of another kind than the algorithm.</summary>
    public bool Verifies(SignatureAlgorithm algorithm, byte[] data, byte[] signature)
    {
        if (!Fits(algorithm) || !HasTheForm(signature))
        {
            return false;
        }

        if (!idle.TryTake(out var verifier))
        {
            verifier = Curve is null ? RSA.Create(rsa) : ECDsa.Create(curvePoint);
        }

        var good = verifier is RSA byRsa
            ? byRsa.VerifyData(data, signature, algorithm.Hash, algorithm.Padding!)
            : ((ECDsa)verifier).VerifyData(data, signature, algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        if (idle.Count < Environment.ProcessorCount)
        {
            idle.Add(verifier);
        }
        else
        {
            verifier.Dispose();
        }

        return good;
    }

    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public void CheckPoint() => ECDsa.Create(curvePoint).Dispose();

    /// <summary>
    /// An RSA signature is as long as the modulus. r and s of a curve's are each as long as the field and neither is zero: a verifier that forgets it accepts
    /// anything (CVE-2022-21449).
    /// </summary>
    private bool HasTheForm(byte[] signature) => Curve is null
        ? signature.Length == rsa.Modulus!.Length
        : signature.Length == 2 * Curve.FieldBytes && !IsZero(signature.AsSpan(0, Curve.FieldBytes)) && !IsZero(signature.AsSpan(Curve.FieldBytes));

    private byte[] Material() => Curve is null ? [.. rsa.Modulus!, .. rsa.Exponent!] : [.. curvePoint.Q.X!, .. curvePoint.Q.Y!];

    private static bool IsZero(ReadOnlySpan<byte> number) => !number.ContainsAnyExcept((byte)0);
}
