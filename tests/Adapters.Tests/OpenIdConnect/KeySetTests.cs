using System.Text;
using System.Text.Json;
using Nightwatch.Adapters.OpenIdConnect.Tokens;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.OpenIdConnect;

public sealed class KeySetTests
{
    private static readonly byte[] Data = "what was signed"u8.ToArray();

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    [InlineData("PS512")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    public void Verifies_EachAlgorithm_AcceptsItsOwnSignatureAndNoOthers(string name)
    {
        using var signer = name[0] == 'E' ? TokenSigner.Ec("k", name) : TokenSigner.Rsa("k", name);
        var webKey = signer.ToWebKey();
        webKey.Remove("alg");
        var key = Parse(webKey).Find("k")!;
        var signature = signer.SignBytes(Data);

        Assert.All(
            new[] { "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512" },
            other => Assert.Equal(other == name, key.Verifies(SignatureAlgorithm.Find(other)!, Data, signature)));
        Assert.False(key.Verifies(SignatureAlgorithm.Find(name)!, [.. Data, 0], signature));
    }

    public static TheoryData<string, string, object?> Unfit => new()
    {
        { "use", "enc", "not for signatures" }, { "use", "", "not for signatures" }, { "alg", "RS1", "algorithm" }, { "alg", "HS256", "algorithm" }, { "alg", "ES256", "algorithm" },
        { "alg", "RSA-OAEP", "algorithm" }, { "kty", "oct", "kind" }, { "kty", "OKP", "kind" }, { "kty", "EC", "curve" }, { "e", "AQ", "exponent" }, { "e", "AA", "malformed" },
        { "e", "AAAB", "exponent" }, { "e", "Ag", "exponent" }, { "n", "AQAB", "bits" }, { "n", "not base64!", "malformed" }, { "n", "AQAB=", "malformed" },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void Parse_KeyThatIsNotFit_IsLeftOutAndTheOthersStay(string member, string value, object? why)
    {
        using var signer = TokenSigner.Rsa("bad");
        using var other = TokenSigner.Rsa("good");
        var webKey = signer.ToWebKey();
        webKey[member] = value;
        var set = Parse(webKey, other.ToWebKey());

        Assert.Null(set.Find("bad"));
        Assert.NotNull(set.Find("good"));
        Assert.Contains((string)why!, Assert.Single(set.Skipped), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ShortRsaKey_IsLeftOut()
    {
        using var signer = TokenSigner.Rsa("short", bits: 1024);
        using var almost = TokenSigner.Rsa("almost", bits: 2040);

        Assert.Equal(["an RSA key has 1024 bits", "an RSA key has 2040 bits"], Parse(signer.ToWebKey(), almost.ToWebKey()).Skipped);
    }

    [Fact]
    public void Parse_PointThatIsNotOnItsCurve_IsLeftOut()
    {
        using var signer = TokenSigner.Ec("k");
        var webKey = signer.ToWebKey();
        webKey["y"] = webKey["x"];

        Assert.Contains("not on its curve", Assert.Single(Parse(webKey).Skipped), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_KeyOps_MustHoldVerify()
    {
        using var signer = TokenSigner.Rsa("k");
        var webKey = signer.ToWebKey();
        webKey["key_ops"] = new[] { "sign" };
        Assert.Null(Parse(webKey).Find("k"));
        webKey["key_ops"] = "verify";
        Assert.Null(Parse(webKey).Find("k"));
        webKey["key_ops"] = new[] { "sign", "verify" };
        Assert.NotNull(Parse(webKey).Find("k"));
    }

    [Fact]
    public void Parse_TwoKeysOfOneName_AreBothLeftOutUnlessTheyAreTheSame()
    {
        using var one = TokenSigner.Rsa("k");
        using var two = TokenSigner.Rsa("k");

        Assert.Null(Parse(one.ToWebKey(), two.ToWebKey()).Find("k"));
        Assert.Null(Parse(one.ToWebKey(), two.ToWebKey(), one.ToWebKey()).Find("k"));
        Assert.NotNull(Parse(one.ToWebKey(), one.ToWebKey()).Find("k"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    public void Parse_WhatIsNoKeySet_IsNull(string json) => Assert.Null(KeySet.Parse(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"keys":[1,"x",null,[],{}]}""", 5)]
    [InlineData("""{"keys":[{"kid":7,"kty":"RSA"},{"kid":"a","kty":"RSA","n":1,"e":2},{"kid":"a","kty":"EC","crv":"secp256k1"}]}""", 3)]
    public void Parse_Rubbish_IsLeftOut(string json, int skipped)
    {
        var set = KeySet.Parse(Encoding.UTF8.GetBytes(json))!;

        Assert.Equal((0, skipped), (set.Count, set.Skipped.Count));
    }

    [Fact]
    public void Matches_RandomModuli_AreNotTakenForThoseOfTheFaultyChip() =>
        Assert.All(Enumerable.Range(0, 2000), _ => Assert.False(RocaFingerprint.Matches(System.Security.Cryptography.RandomNumberGenerator.GetBytes(256))));

    private static KeySet Parse(params Dictionary<string, object?>[] keys) => KeySet.Parse(JsonSerializer.SerializeToUtf8Bytes(new { keys }))!;
}
