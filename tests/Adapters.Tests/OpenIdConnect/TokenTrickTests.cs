using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.OpenIdConnect;

/// <summary>Tokens that somebody made up, bent or found, against a verifier that holds good keys.</summary>
public sealed class TokenTrickTests(ProviderFixture fixture) : IClassFixture<ProviderFixture>
{
    private static readonly long Soon = DateTimeOffset.UtcNow.AddMinutes(10).ToUnixTimeSeconds();

    private TokenSigner Signer => fixture.Provider.Signer;

    private ITokenVerifier Verifier => fixture.Verifier;

    private string Claims => $$"""{"iss":"{{fixture.Provider.Issuer}}","sub":"ada","aud":"{{OpenIdProvider.Audience}}","exp":{{Soon}}}""";

    [Theory]
    [InlineData("JWT")]
    [InlineData("at+jwt")]
    [InlineData("application/at+jwt")]
    [InlineData(null)]
    public async Task Verify_GoodToken_IsAccepted(string? type)
    {
        var header = type is null ? $$"""{"alg":"RS256","kid":"{{Signer.KeyId}}"}""" : Signer.Header(type: type);
        var identity = await Verifier.AcceptedAsync(Signer.Sign(header, Claims));

        Assert.Equal((fixture.Provider.Issuer, "ada"), (identity.Issuer, identity.Subject));
    }

    [Fact]
    public async Task Verify_GoodTokensOfOtherKinds_AreAccepted()
    {
        await Verifier.AcceptedAsync(fixture.Curve.Sign(fixture.Curve.Header(), Claims));
        await Verifier.AcceptedAsync(fixture.Pss.Sign(fixture.Pss.Header(), Claims));
        await Verifier.AcceptedAsync(fixture.Provider.AccessToken(claims => claims["aud"] = new[] { "x", "api://second" }));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("nOnE")]
    [InlineData("")]
    [InlineData("HS256")]
    [InlineData("RS256 ")]
    [InlineData("rs256")]
    [InlineData("EdDSA")]
    [InlineData("RS1")]
    public async Task Verify_AlgorithmThatIsNotAllowed_IsRefused(string algorithm)
    {
        var input = TokenSigner.Encode(Signer.Header(algorithm)) + "." + TokenSigner.Encode(Claims);

        Assert.Contains("no signature", await Verifier.RefusedAsync(input + "."), StringComparison.Ordinal);
        Assert.Contains("algorithm", await Verifier.RefusedAsync(Signer.Sign(Signer.Header(algorithm), Claims)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_HmacWithThePublicKeyAsSecret_IsRefused()
    {
        var input = TokenSigner.Encode(Signer.Header("HS256")) + "." + TokenSigner.Encode(Claims);
        foreach (var secret in new[] { Signer.PublicPem, Signer.PublicPem + "\n", JsonSerializer.Serialize(Signer.ToWebKey()), (string)Signer.ToWebKey()["n"]! })
        {
            var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(input));

            Assert.Contains("algorithm that is not allowed", await Verifier.RefusedAsync($"{input}.{Base64Url.EncodeToString(mac)}"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Verify_KeyOfOneKindWithTheAlgorithmOfAnother_IsRefused()
    {
        const string Why = "a key that is for another algorithm";

        Assert.Contains(Why, await Verifier.RefusedAsync(Signer.Sign(Signer.Header("ES256"), Claims)), StringComparison.Ordinal);
        Assert.Contains(Why, await Verifier.RefusedAsync(Signer.Sign(Signer.Header("PS256"), Claims)), StringComparison.Ordinal);
        Assert.Contains(Why, await Verifier.RefusedAsync(fixture.Curve.Sign(fixture.Curve.Header("RS256"), Claims)), StringComparison.Ordinal);
        Assert.Contains(Why, await Verifier.RefusedAsync(fixture.Pss.Sign(fixture.Pss.Header("RS256"), Claims)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_AlgorithmThatThisIssuerMayNotUse_IsRefused()
    {
        var settings = Trust.Settings(fixture.Provider);
        settings["SIGNIN:test:ALGORITHMS"] = "ES256";
        var onlyCurves = Trust.Verifier(settings);

        Assert.Contains("not allowed", await onlyCurves.RefusedAsync(Signer.Sign(Signer.Header(), Claims)), StringComparison.Ordinal);
        await onlyCurves.AcceptedAsync(fixture.Curve.Sign(fixture.Curve.Header(), Claims));
    }

    [Theory]
    [InlineData("../../../../dev/null")]
    [InlineData("/etc/passwd")]
    [InlineData("' OR '1'='1")]
    [InlineData("x' UNION SELECT 'secret")]
    [InlineData("key-1\0")]
    [InlineData(" key-1")]
    [InlineData("KEY-1")]
    [InlineData("http://evil.example/keys")]
    public async Task Verify_KeyNameThatIsNoneOfTheIssuers_IsRefused(string keyId)
    {
        using var attacker = TokenSigner.Ec(keyId);

        Assert.Contains("does not publish", await Verifier.RefusedAsync(attacker.Sign(attacker.Header(), Claims)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"kid\":\"\"")]
    [InlineData("\"kid\":null")]
    [InlineData("\"kid\":[\"key-1\"]")]
    [InlineData("\"kid\":1")]
    [InlineData("\"x\":1")]
    public async Task Verify_NoKeyName_IsRefused(string member) =>
        Assert.Contains("names no key", await Verifier.RefusedAsync(Signer.Sign($$"""{"alg":"RS256",{{member}}}""", Claims)), StringComparison.Ordinal);

    [Fact]
    public async Task Verify_VeryLongKeyName_IsRefused()
    {
        Assert.Contains("too long", await Verifier.RefusedAsync(Signer.Sign(Signer.Header(keyId: new string('k', 257)), Claims)), StringComparison.Ordinal);
        Assert.Contains("too long", await Verifier.RefusedAsync(Signer.Sign(Signer.Header(keyId: new string('k', 4000)), Claims)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_KeyThatTheTokenBrings_IsNotUsed()
    {
        using var attacker = TokenSigner.Rsa(Signer.KeyId);
        var header = new Dictionary<string, object?>
        {
            ["alg"] = "RS256",
            ["kid"] = Signer.KeyId,
            ["jwk"] = attacker.ToWebKey(),
            ["jku"] = "http://127.0.0.1:1/keys",
            ["x5u"] = "http://127.0.0.1:1/certificate",
            ["x5c"] = new[] { "MIIB" },
        };

        Assert.Contains("signature", await Verifier.RefusedAsync(attacker.Sign(JsonSerializer.Serialize(header), Claims)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"crit\":[\"exp\"]")]
    [InlineData("\"crit\":[\"b64\"],\"b64\":false")]
    [InlineData("\"crit\":[]")]
    [InlineData("\"crit\":null")]
    public async Task Verify_CriticalHeader_IsRefused(string member) =>
        Assert.Contains("critical", await Verifier.RefusedAsync(Signer.Sign($$"""{"alg":"RS256","kid":"{{Signer.KeyId}}",{{member}}}""", Claims)), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"id_token\"")]
    [InlineData("\"logout+jwt\"")]
    [InlineData("\"dpop+jwt\"")]
    [InlineData("\"JWE\"")]
    [InlineData("1")]
    public async Task Verify_AnotherType_IsRefused(string type) =>
        Assert.Contains("type", await Verifier.RefusedAsync(Signer.Sign($$"""{"alg":"RS256","kid":"{{Signer.KeyId}}","typ":{{type}}}""", Claims)), StringComparison.Ordinal);

    [Fact]
    public async Task Verify_Encrypted_IsRefused()
    {
        Assert.Contains("JWE", await Verifier.RefusedAsync("e30.e30.e30.e30.e30"), StringComparison.Ordinal);
        Assert.Contains("JWE", await Verifier.RefusedAsync(Signer.Sign($$"""{"alg":"RS256","enc":"A256GCM","kid":"{{Signer.KeyId}}"}""", Claims)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(64)]
    [InlineData(128)]
    public async Task Verify_CurveSignatureOfZerosOfAnyLength_IsRefused(int length)
    {
        var input = TokenSigner.Encode(fixture.Curve.Header()) + "." + TokenSigner.Encode(Claims);
        var reason = await Verifier.RefusedAsync($"{input}.{Base64Url.EncodeToString(new byte[length])}");

        Assert.Contains("signature", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_CurveSignatureBent_IsRefused()
    {
        var good = fixture.Curve.Sign(fixture.Curve.Header(), Claims);
        var dot = good.LastIndexOf('.') + 1;
        var signature = Base64Url.DecodeFromChars(good.AsSpan(dot));
        byte[][] bent =
        [
            [.. new byte[32], .. signature[32..]], [.. signature[..32], .. new byte[32]], [.. signature[32..], .. signature[..32]], signature[..63],
            [.. signature, 0], [0, .. signature], ToDer(signature), [.. Enumerable.Repeat((byte)0xff, 64)],
        ];

        await Verifier.AcceptedAsync(good);
        foreach (var one in bent)
        {
            Assert.Contains("signature", await Verifier.RefusedAsync(good[..dot] + Base64Url.EncodeToString(one)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Verify_RsaSignatureBent_IsRefused()
    {
        var good = Signer.Sign(Signer.Header(), Claims);
        var dot = good.LastIndexOf('.') + 1;
        var signature = Base64Url.DecodeFromChars(good.AsSpan(dot));
        foreach (var bent in new byte[][] { signature[..^1], [.. signature, 0], [0, .. signature], new byte[256], signature[128..] })
        {
            Assert.Contains("signature", await Verifier.RefusedAsync(good[..dot] + Base64Url.EncodeToString(bent)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Verify_TextAroundAGoodToken_IsRefused()
    {
        var good = Signer.Sign(Signer.Header(), Claims);
        var parts = good.Split('.');
        string[] bent =
        [
            good + good, good + "." + good, good + ".", "." + good, good + "=", good + " ", " " + good, good + "\n", good + "%00", good.Replace(".", "..", StringComparison.Ordinal),
            $"{parts[0]}=.{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}", $"{parts[0]}.{parts[1]}.{parts[2]}=", parts[2], "", ".", "..", "...", good.ToUpperInvariant(),
            good.Replace('-', '+').Replace('_', '/') + "+", $"{{\"payload\":\"{parts[1]}\",\"signatures\":[]}}", good.Replace('e', '\uFF45'), "\uFEFF" + good,
        ];
        foreach (var one in bent)
        {
            await Verifier.RefusedAsync(one);
        }
    }

    [Fact]
    public async Task Verify_AnyOneCharacterChanged_IsRefused()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \0\u00e9";
        var tried = 0;
        foreach (var good in new[] { Signer.Sign(Signer.Header(), Claims), fixture.Curve.Sign(fixture.Curve.Header(), Claims) })
        {
            await Verifier.AcceptedAsync(good);
            for (var at = 0; at < good.Length; at++)
            {
                // Each place gets its neighbours in the alphabet, which are the spellings that differ in the last bits alone, and a random other one.
                var here = Alphabet.IndexOf(good[at], StringComparison.Ordinal);
                foreach (var other in new[] { here ^ 1, here ^ 2, here ^ 4, RandomNumberGenerator.GetInt32(Alphabet.Length) }.Where(o => o != here && o < Alphabet.Length))
                {
                    await Verifier.RefusedAsync(good[..at] + Alphabet[other] + good[(at + 1)..]);
                    tried++;
                }

                await Verifier.RefusedAsync(good.Remove(at, 1));
            }
        }

        Assert.True(tried > 2000, $"{tried} changes were tried.");
    }

    [Theory]
    [InlineData("""{"alg":"none","alg":"RS256","kid":"key-1"}""")]
    [InlineData("""{"alg":"RS256","kid":"x","kid":"key-1"}""")]
    [InlineData("""{"alg":"RS256","\u0061lg":"none","kid":"key-1"}""")]
    [InlineData("""{"alg":"RS256","kid":"key-1"} """ + "x")]
    [InlineData("""{"alg":"RS256","kid":"key-1",}""")]
    [InlineData("""{"alg":"RS256",/**/"kid":"key-1"}""")]
    [InlineData("""[{"alg":"RS256","kid":"key-1"}]""")]
    [InlineData("""{"alg":"RS256","kid":"key-1","x":"\ud800"}""")]
    [InlineData("""{"alg":"RS256","kid":"key-1","x":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}}}}}}}}}""")]
    public async Task Verify_HeaderThatIsNoStrictJson_IsRefused(string header) =>
        Assert.Contains("strict JSON", await Verifier.RefusedAsync(Signer.Sign(header, Claims)), StringComparison.Ordinal);

    [Fact]
    public async Task Verify_ClaimsThatAreNoStrictJson_AreRefused()
    {
        var inner = Claims[1..^1];
        foreach (var claims in new[] { $$"""{"sub":"root",{{inner}}}""", $$"""{{{inner}},"exp":9999999999}""", $$"""{{{inner}},"\u0073ub":"root"}""", $"[{Claims}]", Claims + Claims, "null", "", "\uFEFF" + Claims })
        {
            Assert.Contains("strict JSON", await Verifier.RefusedAsync(Signer.Sign(Signer.Header(), claims)), StringComparison.Ordinal);
        }

        var latin = Encoding.Latin1.GetBytes(Claims.Replace("ada", "ad\u00e9", StringComparison.Ordinal));
        var input = TokenSigner.Encode(Signer.Header()) + "." + Base64Url.EncodeToString(latin);
        Assert.Contains("strict JSON", await Verifier.RefusedAsync($"{input}.{Base64Url.EncodeToString(Signer.SignBytes(Encoding.ASCII.GetBytes(input)))}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_TooLong_IsRefusedBeforeAnythingIsRead() =>
        Assert.Contains("longer than", await Verifier.RefusedAsync(fixture.Provider.AccessToken(claims => claims["filler"] = new string('x', 16 * 1024))), StringComparison.Ordinal);

    [Fact]
    public async Task Verify_TwoHundredGroupsOfEntra_FitIn()
    {
        var identity = await Verifier.AcceptedAsync(fixture.Provider.AccessToken(claims => claims["groups"] = Enumerable.Range(0, 200).Select(_ => Guid.NewGuid().ToString())));

        Assert.Equal(200, identity.Groups.Count);
        Assert.False(identity.GroupsIncomplete);
    }

    private static byte[] ToDer(byte[] signature)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new System.Numerics.BigInteger(signature.AsSpan(0, 32), true, true));
            writer.WriteInteger(new System.Numerics.BigInteger(signature.AsSpan(32), true, true));
        }

        return writer.Encode();
    }
}
