using System.Net;

namespace Nightwatch.Functions.Tests.SignIn;

/// <summary>The page's sign-in, end to end: a browser, two processes of the product on one store, and a provider that speaks OpenID Connect.</summary>
public sealed class SignInTests(SignInFixture fixture) : IClassFixture<SignInFixture>, IDisposable
{
    private const string SessionCookie = "nightwatch";

    private readonly Browser browser = new(fixture.First.Url);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignIn_WholeWay_OpensASessionThatBothProcessesKnow()
    {
        using var done = await browser.SignInAsync();
        var first = await browser.MeAsync();
        var second = await browser.MeAsync(fixture.Second.Url);

        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.Equal("/incidents?open=1", done.Headers.Location!.OriginalString);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.Status, second.Status));
        var identity = second.Body.GetProperty("identity");
        Assert.Equal("Ada Lovelace", identity.GetProperty("name").GetString());
        Assert.Equal(fixture.Provider.Issuer, identity.GetProperty("issuer").GetString());
        Assert.Equal(["sre"], identity.GetProperty("groups").EnumerateArray().Select(g => g.GetString()));
        Assert.Equal("session", second.Body.GetProperty("source").GetString());
    }

    [Fact]
    public async Task SignIn_Cookies_AreForThisHostAndNotForScripts()
    {
        using var begun = await browser.GetAsync("api/sign-in");
        var attempt = Assert.Single(begun.Headers.GetValues("Set-Cookie"));
        using var done = await browser.SignInAsync();
        var session = done.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith(SessionCookie + "=", StringComparison.Ordinal));

        Assert.All([attempt, session], cookie =>
        {
            Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; path=/", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task SignIn_Secrets_AreNeitherInTheStoreNorInTheLog()
    {
        var callback = await browser.BeginAsync();
        var state = Parameter(callback, "state");
        var attempt = browser.CookieOf(SessionCookie + "-sign-in")!;
        using var done = await browser.GetAsync(callback.AbsoluteUri);
        var session = browser.CookieOf(SessionCookie)!;
        var stored = string.Concat(Directory.GetFiles(fixture.StateFolder, "*", SearchOption.AllDirectories).Select(ReadShared));

        Assert.Contains("Ada Lovelace", stored, StringComparison.Ordinal);
        Assert.All([state, attempt, session, Parameter(callback, "code"), fixture.Provider.ClientSecret!], secret =>
        {
            Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, fixture.First.Output, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Me_WithoutCredentials_Is401()
    {
        var (status, body) = await browser.MeAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("Not signed in", body.GetProperty("title").GetString());
    }

    [Fact]
    public async Task Me_WithAnInventedSession_Is401AndTheCookieIsRemoved()
    {
        browser.Cookies.Add(new Cookie(SessionCookie, new string('A', 43), "/", "127.0.0.1"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.MeAsync()).Status);
        Assert.Null(browser.CookieOf(SessionCookie));
    }

    [Fact]
    public async Task SignOut_InOneProcess_EndsTheSessionInTheOther()
    {
        using var done = await browser.SignInAsync();
        var secret = browser.CookieOf(SessionCookie)!;

        using var left = await browser.PostAsync("api/sign-out", host: fixture.Second.Url);
        using var thief = new Browser(fixture.First.Url);
        thief.Cookies.Add(new Cookie(SessionCookie, secret, "/", "127.0.0.1"));

        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        Assert.Null(browser.CookieOf(SessionCookie));
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.MeAsync()).Status);
    }

    [Fact]
    public async Task SignIn_Again_GivesANewSessionAndEndsTheOldOne()
    {
        using var once = await browser.SignInAsync();
        var old = browser.CookieOf(SessionCookie)!;
        using var again = await browser.SignInAsync();
        using var other = new Browser(fixture.Second.Url);
        other.Cookies.Add(new Cookie(SessionCookie, old, "/", "127.0.0.1"));

        Assert.NotEqual(old, browser.CookieOf(SessionCookie));
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.MeAsync()).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.MeAsync()).Status);
    }

    [Fact]
    public async Task Callback_Replayed_IsRefused()
    {
        var callback = await browser.BeginAsync();
        var attempt = browser.CookieOf(SessionCookie + "-sign-in")!;
        using var first = await browser.GetAsync(callback.AbsoluteUri);
        using var copy = new Browser(fixture.Second.Url);
        copy.Cookies.Add(new Cookie(SessionCookie + "-sign-in", attempt, "/", "127.0.0.1"));
        using var second = await copy.GetAsync(callback.PathAndQuery);

        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, second.StatusCode);
        Assert.False(second.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Callback_InAnotherBrowser_IsRefusedAndTheRightOneStillGetsIn()
    {
        var callback = await browser.BeginAsync();
        using var stranger = new Browser(fixture.First.Url);
        using var bare = await stranger.GetAsync(callback.AbsoluteUri);
        await stranger.BeginAsync();
        using var withItsOwnCookie = await stranger.GetAsync(callback.AbsoluteUri);
        using var right = await browser.GetAsync(callback.AbsoluteUri);

        Assert.Equal(HttpStatusCode.Unauthorized, bare.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, withItsOwnCookie.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
    }

    [Fact]
    public async Task Callback_StolenCodeWithoutItsVerifier_IsRefused()
    {
        var victims = await browser.BeginAsync();
        using var thief = new Browser(fixture.First.Url);
        var own = await thief.BeginAsync();
        var forged = own.AbsoluteUri.Replace(Parameter(own, "code"), Parameter(victims, "code"), StringComparison.Ordinal);
        using var answer = await thief.GetAsync(forged);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.MeAsync()).Status);
    }

    [Theory]
    [InlineData("api/sign-in/callback")]
    [InlineData("api/sign-in/callback?code=x&state=y")]
    [InlineData("api/sign-in/callback?code=x&state=a&state=b")]
    [InlineData("api/sign-in/callback?state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&code=x")]
    public async Task Callback_WithAStateOfNobody_IsRefused(string address)
    {
        await browser.BeginAsync();
        using var answer = await browser.GetAsync(address);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/a\tb")]
    [InlineData("/a\r\nSet-Cookie: x=1")]
    [InlineData("incidents")]
    [InlineData("")]
    [InlineData("/\t/evil.example")]
    public async Task SignIn_ToAnotherSite_IsRefused(string returnTo)
    {
        using var answer = await browser.GetAsync($"api/sign-in?returnTo={Uri.EscapeDataString(returnTo)}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Location"));
    }

    [Theory]
    [InlineData("api/sign-in?provider=nobody")]
    [InlineData("api/sign-in?provider=test&provider=test")]
    public async Task SignIn_WithAnUnknownProvider_Is404(string address)
    {
        using var answer = await browser.GetAsync(address);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("own", null)]
    [InlineData("own", "2")]
    [InlineData(null, "1")]
    [InlineData("null", "1")]
    [InlineData("http://evil.example", "1")]
    [InlineData("https://127.0.0.1", "1")]
    public async Task SignOut_ForgedByAnotherSite_IsRefusedAndTheSessionStays(string? origin, string? header)
    {
        using var done = await browser.SignInAsync();
        using var forged = await browser.PostAsync("api/sign-out", origin, header);

        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.MeAsync()).Status);
    }

    [Fact]
    public async Task Me_WithHeadersOfThePlatform_IgnoresThem()
    {
        var principal = Convert.ToBase64String("""{"auth_typ":"aad","claims":[{"typ":"sub","val":"root"},{"typ":"roles","val":"admin"}]}"""u8);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(fixture.First.Url, "api/me"));
        request.Headers.Add("X-MS-CLIENT-PRINCIPAL", principal);
        request.Headers.Add("X-MS-CLIENT-PRINCIPAL-NAME", "root");
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    public void Dispose() => browser.Dispose();

    private static string Parameter(Uri address, string name) =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(address.Query)[name].ToString();

    private static string ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
