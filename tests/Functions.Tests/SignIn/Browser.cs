using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Nightwatch.Functions.Tests.SignIn;

/// <summary>A browser as far as sign-in goes: it keeps cookies, and follows a redirect only when the test says so.</summary>
internal sealed class Browser : IDisposable
{
    private readonly HttpClient http;

    public Browser(Uri home)
    {
        Home = home;
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { Timeout = TimeSpan.FromSeconds(60) };
    }

    public Uri Home { get; }

    public CookieContainer Cookies { get; } = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public Task<HttpResponseMessage> GetAsync(string address) => http.GetAsync(new Uri(Home, address), Stop);

    /// <summary>As the page posts: with the header that forms cannot send, and the browser's Origin.</summary>
    public Task<HttpResponseMessage> PostAsync(string address, string? origin = "own", string? header = "1", Uri? host = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host ?? Home, address));
        if (header is not null)
        {
            request.Headers.Add("X-Nightwatch-Request", header);
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin == "own" ? (host ?? Home).GetLeftPart(UriPartial.Authority) : origin);
        }

        return http.SendAsync(request, Stop);
    }

    /// <summary>Goes to the provider and comes back to the door of the callback, which it does not enter: the callback's address.</summary>
    public async Task<Uri> BeginAsync(string start = "api/sign-in?provider=test&returnTo=/incidents%3Fopen%3D1")
    {
        using var toProvider = await GetAsync(start);
        Assert.Equal(HttpStatusCode.Redirect, toProvider.StatusCode);
        using var back = await http.GetAsync(toProvider.Headers.Location, Stop);
        Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        return back.Headers.Location!;
    }

    /// <summary>The whole way; the answer of the callback.</summary>
    public async Task<HttpResponseMessage> SignInAsync() => await GetAsync((await BeginAsync()).AbsoluteUri);

    public async Task<(HttpStatusCode Status, JsonElement Body)> MeAsync(Uri? host = null)
    {
        using var response = await GetAsync(new Uri(host ?? Home, "api/me").AbsoluteUri);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Stop));
    }

    public string? CookieOf(string name) => Cookies.GetCookies(Home)[name]?.Value;

    public void Dispose() => http.Dispose();
}
