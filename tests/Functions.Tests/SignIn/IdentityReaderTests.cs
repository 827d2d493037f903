using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Functions.SignIn;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.SignIn;

/// <summary>Which credentials of a request count, by what the host is set to.</summary>
public sealed class IdentityReaderTests
{
    private static readonly string Principal = Convert.ToBase64String("""{"auth_typ":"aad","claims":[{"typ":"sub","val":"ada"},{"typ":"iss","val":"https://login.example"}]}"""u8);

    private readonly ManualTime time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private readonly InMemoryDocuments<Session> documents = new(Session.Type);
    private readonly Providers providers = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Sessions Sessions => new(documents, time);

    [Theory]
    [InlineData("easyauth", "true", true)]
    [InlineData("easyauth", "True", true)]
    [InlineData("easyauth", "false", false)]
    [InlineData("easyauth", "1", false)]
    [InlineData("easyauth", null, false)]
    [InlineData(null, "true", false)]
    public async Task Read_HeaderOfThePlatform_CountsBehindThePlatformsOwnFlagOnly(string? setting, string? flag, bool counts)
    {
        var http = Request("GET");
        http.Request.Headers["X-MS-CLIENT-PRINCIPAL"] = Principal;
        var reading = await Reader(Options(("NIGHTWATCH_PLATFORM_AUTH", setting), ("WEBSITE_AUTH_ENABLED", flag))).ReadAsync(http, Stop);

        Assert.Equal(counts ? ("ada", IdentitySource.Platform) : (null, IdentitySource.None), (reading.Identity?.Subject, reading.Source));
        Assert.Null(reading.Refusal);
    }

    [Fact]
    public async Task Read_HeaderOfThePlatformTwiceOrMalformed_IsRefused()
    {
        var reader = Reader(Options(("NIGHTWATCH_PLATFORM_AUTH", "easyauth"), ("WEBSITE_AUTH_ENABLED", "true")));
        foreach (var values in new[] { new[] { Principal, Principal }, ["x"], [""] })
        {
            var http = Request("GET");
            http.Request.Headers["X-MS-CLIENT-PRINCIPAL"] = values;

            Assert.Equal(RefusalKind.Credentials, (await reader.ReadAsync(http, Stop)).Refusal!.Kind);
        }
    }

    [Fact]
    public async Task Read_PlatformsBrowserSessionThatChangesSomething_NeedsTheMarksOfOurPage()
    {
        var reader = Reader(Options(("NIGHTWATCH_PLATFORM_AUTH", "easyauth"), ("WEBSITE_AUTH_ENABLED", "true")));
        var forged = Request("DELETE");
        forged.Request.Headers["X-MS-CLIENT-PRINCIPAL"] = Principal;
        var withToken = Request("DELETE", ("Authorization", "Bearer x.y.z"));
        withToken.Request.Headers["X-MS-CLIENT-PRINCIPAL"] = Principal;
        var own = Request("DELETE", ("X-Nightwatch-Request", "1"), ("Origin", "https://nightwatch.example"));
        own.Request.Headers["X-MS-CLIENT-PRINCIPAL"] = Principal;

        Assert.Equal(RefusalKind.Forgery, (await reader.ReadAsync(forged, Stop)).Refusal!.Kind);
        Assert.NotNull((await reader.ReadAsync(withToken, Stop)).Identity);
        Assert.NotNull((await reader.ReadAsync(own, Stop)).Identity);
    }

    [Theory]
    [InlineData("Bearer service-token")]
    [InlineData("Bearer one.dot")]
    [InlineData("Basic YTpi")]
    [InlineData("Bearer a.b.c.d")]
    public async Task Read_WhatIsNoJsonWebToken_IsNoneOfItsBusinessEvenBesideASession(string authorization)
    {
        var secret = await OpenAsync();
        var reading = await Reader().ReadAsync(Request("GET", ("Authorization", authorization), ("Cookie", "__Host-nightwatch=" + secret)), Stop);

        Assert.Equal(IdentityReading.NoCredentials, reading);
    }

    [Theory]
    [InlineData("Bearer good.token.here", true)]
    [InlineData("bearer good.token.here", true)]
    [InlineData("Bearer bad.token.here", false)]
    [InlineData("Bearer  good.token.here", false)]
    public async Task Read_JsonWebToken_IsAsTheVerifierSays(string authorization, bool good)
    {
        var reading = await Reader().ReadAsync(Request("POST", ("Authorization", authorization)), Stop);

        Assert.Equal((good, !good, IdentitySource.BearerToken), (reading.Identity is not null, reading.Refusal is not null, reading.Source));
    }

    [Fact]
    public async Task Read_TwoAuthorizationHeaders_AreRefused()
    {
        var http = Request("GET");
        http.Request.Headers.Authorization = new[] { "Bearer good.token.here", "Bearer other" };

        Assert.NotNull((await Reader().ReadAsync(http, Stop)).Refusal);
    }

    [Theory]
    [InlineData("GET", null, null, true)]
    [InlineData("HEAD", null, null, true)]
    [InlineData("POST", "1", "https://nightwatch.example", true)]
    [InlineData("PUT", "1", "https://nightwatch.example", true)]
    [InlineData("POST", null, "https://nightwatch.example", false)]
    [InlineData("POST", "1", null, false)]
    [InlineData("POST", "1", "https://nightwatch.example.evil", false)]
    [InlineData("POST", "1", "http://nightwatch.example", false)]
    [InlineData("POST", "1", "https://nightwatch.example:444", false)]
    [InlineData("POST", "1", "null", false)]
    [InlineData("POST", "true", "https://nightwatch.example", false)]
    [InlineData("PATCH", null, null, false)]
    [InlineData("BREW", null, null, false)]
    public async Task Read_Session_ChangesSomethingFromOurPageOnly(string method, string? header, string? origin, bool good)
    {
        var secret = await OpenAsync();
        var reading = await Reader().ReadAsync(
            Request(method, ("Cookie", "__Host-nightwatch=" + secret), ("X-Nightwatch-Request", header), ("Origin", origin)), Stop);

        Assert.Equal((good, good ? null : (RefusalKind?)RefusalKind.Forgery), (reading.Identity is not null, reading.Refusal?.Kind));
    }

    [Fact]
    public async Task Read_SessionOfAProviderThatIsNoLongerTrusted_IsOver()
    {
        var secret = await OpenAsync();
        providers.Trusted = false;
        var http = Request("GET", ("Cookie", "__Host-nightwatch=" + secret));
        var reading = await Reader().ReadAsync(http, Stop);

        Assert.Contains("no longer configured", reading.Refusal!.Reason, StringComparison.Ordinal);
        var removed = Assert.Single(http.Response.Headers.SetCookie)!;
        Assert.Contains("expires=Thu, 01 Jan 1970", removed, StringComparison.Ordinal);
        Assert.Contains("secure", removed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_CookieOfPlainHttpOnAnHttpsHost_IsNotASession() =>
        // Whoever controls a neighbouring host could plant a cookie that lacks the prefix.
        Assert.Equal(IdentityReading.NoCredentials, await Reader().ReadAsync(Request("GET", ("Cookie", "nightwatch=" + await OpenAsync())), Stop));

    [Fact]
    public async Task Read_SessionAfterTooLong_IsOver()
    {
        var secret = await OpenAsync();
        time.Advance(Session.IdleLimit);

        Assert.NotNull((await Reader().ReadAsync(Request("GET", ("Cookie", "__Host-nightwatch=" + secret)), Stop)).Refusal);
    }

    [Fact]
    public void SetSession_OverHttps_IsSecureAndForThisHostAlone()
    {
        var http = new DefaultHttpContext();
        new SignInCookies(Microsoft.Extensions.Options.Options.Create(Options())).SetSession(http.Response, "secret");

        Assert.Equal("__Host-nightwatch=secret; max-age=86400; path=/; secure; samesite=lax; httponly", Assert.Single(http.Response.Headers.SetCookie));
    }

    [Theory]
    [InlineData("http://nightwatch.example")]
    [InlineData("https://nightwatch.example/path")]
    [InlineData("https://nightwatch.example/?x=1")]
    [InlineData("https://user@nightwatch.example")]
    [InlineData("nightwatch.example")]
    public void Options_PublicUrlThatIsNone_IsRefused(string url) =>
        Assert.StartsWith("NIGHTWATCH_PUBLIC_URL", Assert.Throws<OptionsValidationException>(() => Options(("NIGHTWATCH_PUBLIC_URL", url))).Message, StringComparison.Ordinal);

    [Fact]
    public void Options_SignInWithoutAPublicUrl_IsRefused() =>
        Assert.Contains(
            "NIGHTWATCH_PUBLIC_URL is missing", new SignInOptionsValidator(providers).Validate(null, new SignInOptions()).FailureMessage, StringComparison.Ordinal);

    private static SignInOptions Options(params (string Key, string? Value)[] settings)
    {
        var options = new SignInOptions();
        var values = settings.Prepend(("NIGHTWATCH_PUBLIC_URL", "https://nightwatch.example")).GroupBy(s => s.Item1).Select(g => KeyValuePair.Create(g.Key, g.Last().Item2));
        SignInOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), options);
        return options;
    }

    private static DefaultHttpContext Request(string method, params (string Name, string? Value)[] headers)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        foreach (var (name, value) in headers.Where(h => h.Value is not null))
        {
            http.Request.Headers[name] = value;
        }

        return http;
    }

    private IdentityReader Reader(SignInOptions? options = null)
    {
        var set = Microsoft.Extensions.Options.Options.Create(options ?? Options());
        return new IdentityReader(new Verifier(), providers, Sessions, new SignInCookies(set), set, time);
    }

    private Task<string> OpenAsync() => Sessions.OpenAsync("corp", Ada(time.GetUtcNow()), Stop);

    private static VerifiedIdentity Ada(DateTimeOffset now) =>
        new() { Issuer = "https://login.example", Subject = "ada", Name = "Ada", AuthenticatedAt = now, ExpiresAt = now.AddMinutes(5) };

    private sealed class Verifier : ITokenVerifier
    {
        public bool AcceptsTokens => true;

        public Task<TokenVerdict> VerifyAsync(string token, CancellationToken cancellationToken) =>
            Task.FromResult(token == "good.token.here" ? TokenVerdict.Of(Ada(DateTimeOffset.UnixEpoch)) : TokenVerdict.No(Refusal.OfToken("no")));
    }

    private sealed class Providers : ISignInProviders
    {
        public bool Trusted { get; set; } = true;

        public IReadOnlyList<string> Names { get; } = ["corp"];

        public bool StillTrusts(string name, VerifiedIdentity identity) => Trusted && name == "corp";

        public Task<AuthorizeAddress> AuthorizeAsync(string name, AuthorizeRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<TokenVerdict> RedeemAsync(string name, CodeRedemption redemption, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
