using System.Text;
using System.Text.Json;
using Nightwatch.Adapters.OpenIdConnect.Tokens;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.OpenIdConnect;

/// <summary>
/// The vectors of Project Wycheproof for JSON Web Signature and JSON Web Key. Groups with a secret key (oct) do not apply as such, because we accept no
/// HS*: of those every vector, also the valid ones, must be refused.
/// </summary>
public sealed class WycheproofTests
{
    /// <summary>
    /// RFC 7520's figures 20 and 27. The RFC prints the keys without `alg`; the vectors add PS256 to a key whose token says PS384, and ES521, which is no
    /// registered algorithm. Other vectors (338, 340) refuse just that, and so do we. Without the added member they must verify.
    /// </summary>
    private static readonly int[] KeyContradictsToken = [346, 347, 350, 351];

    /// <summary>Vectors of the base64 group whose text is no base64url: they must fall before any key is looked at. (367 and 370 lost
    /// their padding on the way into the file: their text is that of 357, a valid one.)</summary>
    private static readonly int[] NotBase64Url = [360, 361, 362, 363, 364, 365, 366, 368, 369, 371, 372, 373, 374, 375];

    [Fact]
    public void Signatures_OfPublicKeys_HaveTheVerdictOfTheVectors()
    {
        var (right, wrong) = Run("json_web_signature_test.json", secretKeys: false);

        Assert.Empty(wrong.Except(KeyContradictsToken));
        Assert.Equal(KeyContradictsToken, wrong);
        Assert.Equal(357, right);
    }

    [Fact]
    public void Keys_OfPublicKind_HaveTheVerdictOfTheVectors()
    {
        var (right, wrong) = Run("json_web_key_test.json", secretKeys: false);

        Assert.Empty(wrong);
        Assert.Equal(11, right);
    }

    [Theory]
    [InlineData("json_web_signature_test.json", 40)]
    [InlineData("json_web_key_test.json", 15)]
    public void SecretKeys_AnyVector_IsRefused(string file, int vectors)
    {
        var refused = Groups(file).Where(group => !group.TryGetProperty("public", out _)).SelectMany(Vectors).Count(v => !Accepts(v.Keys, v.Token));

        Assert.Equal(vectors, refused);
    }

    [Fact]
    public void Signatures_WhoseKeyContradictsTheToken_VerifyOnceTheKeyIsAsTheRfcPrintsIt()
    {
        var vectors = Groups("json_web_signature_test.json").SelectMany(Vectors).Where(v => KeyContradictsToken.Contains(v.Id)).ToList();

        Assert.Equal(4, vectors.Count);
        Assert.All(vectors, v => Assert.True(Accepts(v.Keys.Replace("\"alg\"", "\"was\"", StringComparison.Ordinal), v.Token)));
    }

    [Fact]
    public void Parse_VectorsThatAreNoBase64Url_SaysSo()
    {
        var vectors = Groups("json_web_signature_test.json").SelectMany(Vectors).Where(v => NotBase64Url.Contains(v.Id)).ToList();

        Assert.Equal(NotBase64Url.Length, vectors.Count);
        Assert.All(vectors, v => Assert.Equal("is not base64url", CompactToken.Parse(v.Token).Flaw));
    }

    private static (int Right, List<int> Wrong) Run(string file, bool secretKeys)
    {
        var right = 0;
        var wrong = new List<int>();
        foreach (var vector in Groups(file).Where(group => group.TryGetProperty("public", out _) != secretKeys).SelectMany(Vectors))
        {
            if (Accepts(vector.Keys, vector.Token) == vector.Valid)
            {
                right++;
            }
            else
            {
                wrong.Add(vector.Id);
            }
        }

        return (right, wrong);
    }

    private static bool Accepts(string keys, string text)
    {
        var set = KeySet.Parse(Encoding.UTF8.GetBytes(keys));
        return CompactToken.Parse(text).Token is { } token
            && SignatureAlgorithm.Find(token.Algorithm) is { } algorithm
            && set?.Find(token.KeyId) is { } key
            && key.Verifies(algorithm, token.SigningInput, token.Signature);
    }

    private static List<JsonElement> Groups(string file)
    {
        var path = Repository.Bench is { } bench ? Path.Combine(bench, "vectors", "wycheproof", file) : null;
        if (path is null || !File.Exists(path))
        {
            Assert.Skip($"The vectors are not beside this checkout: shared/bench/vectors/wycheproof/{file}.");
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.GetProperty("testGroups").Clone().EnumerateArray()];
    }

    private static IEnumerable<(int Id, string Keys, string Token, bool Valid)> Vectors(JsonElement group)
    {
        var key = group.TryGetProperty("public", out var shown) ? shown : group.GetProperty("private");
        var keys = key.TryGetProperty("keys", out _) ? key.GetRawText() : $$"""{"keys":[{{key.GetRawText()}}]}""";
        return group.GetProperty("tests").EnumerateArray().Select(test => (
            test.GetProperty("tcId").GetInt32(), keys, test.GetProperty("jws").GetString()!, test.GetProperty("result").GetString() == "valid"));
    }
}
