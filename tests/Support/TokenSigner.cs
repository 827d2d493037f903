using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Nightwatch.Support;

/// <summary>A key pair that signs JSON Web Tokens as an issuer would, or as somebody who wants to be taken for one.</summary>
public sealed class TokenSigner : IDisposable
{
    private readonly RSA? rsa;
    private readonly ECDsa? curve;
    private readonly string curveName;

    private TokenSigner(string keyId, string algorithm, RSA? rsa, ECDsa? curve, string curveName)
    {
        KeyId = keyId;
        Algorithm = algorithm;
        this.rsa = rsa;
        this.curve = curve;
        this.curveName = curveName;
    }

    public string KeyId { get; }

    public string Algorithm { get; }

    /// <summary>The public key in the form that programs which mistake it for a secret would use: SubjectPublicKeyInfo as PEM.</summary>
    public string PublicPem => rsa?.ExportSubjectPublicKeyInfoPem() ?? curve!.ExportSubjectPublicKeyInfoPem();

    /// <param name="algorithm">RS256 to PS512.</param>
    public static TokenSigner Rsa(string keyId, string algorithm = "RS256", int bits = 2048) => new(keyId, algorithm, RSA.Create(bits), null, "");

    /// <param name="algorithm">ES256, ES384 or ES512.</param>
    public static TokenSigner Ec(string keyId, string algorithm = "ES256") => algorithm switch
    {
        "ES384" => new(keyId, algorithm, null, ECDsa.Create(ECCurve.NamedCurves.nistP384), "P-384"),
        "ES512" => new(keyId, algorithm, null, ECDsa.Create(ECCurve.NamedCurves.nistP521), "P-521"),
        _ => new(keyId, algorithm, null, ECDsa.Create(ECCurve.NamedCurves.nistP256), "P-256"),
    };

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>The public key as a JSON Web Key; members with a null are left out.</summary>
    public Dictionary<string, object?> ToWebKey()
    {
        var key = new Dictionary<string, object?> { ["kid"] = KeyId, ["use"] = "sig", ["alg"] = Algorithm };
        if (rsa is not null)
        {
            var numbers = rsa.ExportParameters(false);
            key["kty"] = "RSA";
            key["n"] = Base64Url.EncodeToString(numbers.Modulus);
            key["e"] = Base64Url.EncodeToString(numbers.Exponent);
            return key;
        }

        var point = curve!.ExportParameters(false).Q;
        key["kty"] = "EC";
        key["crv"] = curveName;
        key["x"] = Base64Url.EncodeToString(point.X);
        key["y"] = Base64Url.EncodeToString(point.Y);
        return key;
    }

    public string Sign(IReadOnlyDictionary<string, object?> claims) => Sign(Header(), JsonSerializer.Serialize(claims));

    /// <summary>Signs what is given, however odd it is.</summary>
    public string Sign(string headerJson, string payloadJson)
    {
        var input = Encode(headerJson) + "." + Encode(payloadJson);
        return input + "." + Base64Url.EncodeToString(SignBytes(Encoding.ASCII.GetBytes(input)));
    }

    public string Header(string? algorithm = null, string? keyId = null, string? type = "JWT") =>
        JsonSerializer.Serialize(new Dictionary<string, string?> { ["alg"] = algorithm ?? Algorithm, ["kid"] = keyId ?? KeyId, ["typ"] = type });

    public byte[] SignBytes(byte[] data)
    {
        var hash = Algorithm[2..] switch { "384" => HashAlgorithmName.SHA384, "512" => HashAlgorithmName.SHA512, _ => HashAlgorithmName.SHA256 };
        return rsa is not null
            ? rsa.SignData(data, hash, Algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
            : curve!.SignData(data, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public void Dispose()
    {
        rsa?.Dispose();
        curve?.Dispose();
    }
}
