using System.Net;
using System.Net.Http.Headers;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.SignIn;

/// <summary>A provider that misbehaves, changes its keys or goes away, and the tokens that callers of the API carry.</summary>
public sealed class ProviderTests(SignInFixture fixture) : IClassFixture<SignInFixture>, IDisposable
{
    private readonly Browser browser = new(fixture.First.Url);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nonce", "(nonce)")]
    [InlineData("no-nonce", "(nonce)")]
    [InlineData("at_hash", "(at_hash)")]
    [InlineData("issuer", "not of test's issuer")]
    [InlineData("answer-issuer", "came from another issuer")]
    [InlineData("denied", "access_denied")]
    [InlineData("audience", "for another client")]
    [InlineData("azp", "for another client")]
    [InlineData("two-audiences", "for another client")]
    [InlineData("expired", "expired at")]
    [InlineData("future", "issued in the future")]
    [InlineData("no-exp", "never expires")]
    [InlineData("no-sub", "names no subject")]
    [InlineData("exp-text", "claim exp that is no date")]
    public async Task Callback_WhenTheProvidersAnswerIsWrong_OpensNoSession(string fault, string why)
    {
        Apply(fault);
        using var answer = await browser.SignInAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.MeAsync()).Status);
        await Eventually.TrueAsync(() => fixture.First.Output.Contains(why, StringComparison.Ordinal), $"the log says: {why}");
    }

    [Fact]
    public async Task Callback_SeveralAudiencesOfWhichWeAreTheAuthorizedParty_IsGood()
    {
        fixture.Provider.Faults.SpoilIdToken = claims => (claims["aud"], claims["azp"]) = (new[] { OpenIdProvider.ClientId, "other" }, OpenIdProvider.ClientId);
        using var answer = await browser.SignInAsync();

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Theory]
    [InlineData("down")]
    [InlineData("huge")]
    public async Task Callback_WhenTheProviderIsDownOrItsAnswerIsHuge_Is503(string fault)
    {
        var callback = await browser.BeginAsync();
        Apply(fault);
        using var answer = await browser.GetAsync(callback.AbsoluteUri);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task Bearer_GoodToken_SaysWhoItIsInBothProcesses()
    {
        var token = fixture.Provider.AccessToken(claims => claims["roles"] = new[] { "nightwatch.operator" });
        using var first = await MeAsync(fixture.First.Url, token);
        using var second = await MeAsync(fixture.Second.Url, token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        var body = await second.Content.ReadAsStringAsync(Stop);
        Assert.Contains("nightwatch.operator", body, StringComparison.Ordinal);
        Assert.Contains("bearer_token", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("audience")]
    [InlineData("issuer")]
    public async Task Bearer_TokenThatIsNotForUs_Is401AndTheTokenIsNotInTheLog(string fault)
    {
        var token = fixture.Provider.AccessToken(claims =>
        {
            var (name, value) = fault switch
            {
                "expired" => ("exp", (object)(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 3600)),
                "audience" => ("aud", "api://other"),
                _ => ("iss", fixture.Provider.Issuer + "/"),
            };
            claims[name] = value;
        });
        using var answer = await MeAsync(fixture.First.Url, token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain(token.Split('.')[2], fixture.First.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bearer_WrongTokenBesideAGoodSession_IsNotMadeGoodByIt()
    {
        using var done = await browser.SignInAsync();
        using var http = new HttpClient(new SocketsHttpHandler { CookieContainer = browser.Cookies });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(fixture.First.Url, "api/me"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", fixture.Provider.AccessToken(claims => claims["exp"] = 1));
        using var answer = await http.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Keys_Rotated_NewTokensAreGoodAtOnceAndOldOnesNoLonger()
    {
        var old = fixture.Provider.AccessToken();
        using var before = await MeAsync(fixture.Second.Url, old);
        fixture.Provider.RotateKeys();
        using var after = await MeAsync(fixture.Second.Url, fixture.Provider.AccessToken());
        using var stale = await MeAsync(fixture.Second.Url, old);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before.StatusCode, after.StatusCode, stale.StatusCode));
    }

    /// <summary>After each test: the provider is the next one's too.</summary>
    public void Dispose()
    {
        Apply("none");
        browser.Dispose();
    }

    private static async Task<HttpResponseMessage> MeAsync(Uri host, string token)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.GetAsync(new Uri(host, "api/me"), Stop);
    }

    private void Apply(string fault)
    {
        var faults = fixture.Provider.Faults;
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        faults.WrongNonce = fault == "nonce";
        faults.WrongAccessTokenHash = fault == "at_hash";
        faults.WrongTokenIssuer = fault == "issuer";
        faults.WrongAnswerIssuer = fault == "answer-issuer";
        faults.Denies = fault == "denied";
        faults.Down = fault == "down";
        faults.HugeAnswers = fault == "huge";
        faults.SpoilIdToken = fault switch
        {
            "no-nonce" => claims => claims.Remove("nonce"),
            "audience" => claims => claims["aud"] = "other",
            "azp" => claims => claims["azp"] = "other",
            "two-audiences" => claims => claims["aud"] = new[] { OpenIdProvider.ClientId, "other" },
            "expired" => claims => claims["exp"] = now - 3600,
            "future" => claims => claims["iat"] = now + 3600,
            "no-exp" => claims => claims.Remove("exp"),
            "no-sub" => claims => claims.Remove("sub"),
            "exp-text" => claims => claims["exp"] = $"{now + 600}",
            _ => null,
        };
    }
}
