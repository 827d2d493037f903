using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Nightwatch.Functions.Tests.MainRoad;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Limits;

/// <summary>Limits over HTTP, of two processes on one store.</summary>
public sealed class LimitsRoadTests : IAsyncLifetime
{
    private readonly ScratchDirectory state = new();
    private Azurite? azurite;
    private NightwatchApp[] apps = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        azurite = await Azurite.StartAsync(Stop);
        var settings = new Dictionary<string, string?>
        {
            // Slow to refill, so that nothing depends on how fast the test runs.
            ["NIGHTWATCH_LIMITS_MACHINE_PER_MINUTE"] = "12",
            ["NIGHTWATCH_LIMITS_FAILURES_PER_MINUTE"] = "3",
            ["NIGHTWATCH_LIMITS_ROUTES"] = "ListFindings=2",
            ["NIGHTWATCH_TRUSTED_PROXIES"] = "1",
            ["NIGHTWATCH_CORS_ORIGINS"] = "https://ops.example.com",
        };
        apps = [await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, Stop), await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, Stop)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }

        await (azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
        state.Dispose();
    }

    [Fact]
    public async Task Requests_PastTheCallersLimit_AreRefusedByBothProcesses()
    {
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 30; i++)
        {
            answers.Add(await apps[i % 2].Http.GetAsync("api/incidents", Stop));
        }

        // 12 at once, and one more for every 5 seconds that this took.
        Assert.InRange(answers.Count(a => a.IsSuccessStatusCode), 12, 24);
        var refused = answers.Last(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        Assert.Equal("\"token\";q=12;w=60", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Contains("limit token", await ProblemAsync(refused), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await apps[0].Http.PostAsync("api/alerts/alertmanager", Webhook(), Stop)).StatusCode);
    }

    [Fact]
    public async Task Requests_PastARoutesLimit_AreRefusedThereOnly()
    {
        var refused = 0;
        for (var i = 0; i < 5; i++)
        {
            refused += (await apps[i % 2].Http.GetAsync("api/findings", Stop)).StatusCode == HttpStatusCode.TooManyRequests ? 1 : 0;
        }

        Assert.InRange(refused, 1, 3);
        Assert.Equal(HttpStatusCode.OK, (await apps[0].Http.GetAsync("api/alerts", Stop)).StatusCode);
    }

    [Fact]
    public async Task WrongTokens_FromOneAddress_ShutItOutOfBothProcessesButNotTheIntake()
    {
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(apps[0], "api/incidents", $"wrong {i}", "192.0.2.1")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await AskAsync(apps[0], "api/incidents", NightwatchApp.Token, "192.0.2.1")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await AskAsync(apps[1], "api/incidents", NightwatchApp.Token, "192.0.2.1")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(apps[0], "api/incidents", NightwatchApp.Token, "192.0.2.2")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await AskAsync(apps[0], "api/alerts/alertmanager", NightwatchApp.Token, "192.0.2.1", Webhook())).StatusCode);
    }

    [Fact]
    public async Task Answers_OfEveryKind_CarryTheSecurityHeaders()
    {
        foreach (var path in new[] { "api/health/live", "api/incidents/none", "api/nothing/here", "" })
        {
            using var answer = await apps[0].Http.GetAsync(path, Stop);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
            Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
            Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("same-origin", answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
            Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
        }

        using var behindProxy = new HttpRequestMessage(HttpMethod.Get, "api/health/live") { Headers = { { "X-Forwarded-Proto", "https" } } };
        using var secured = await apps[0].Http.SendAsync(behindProxy, Stop);
        Assert.NotEmpty(secured.Headers.GetValues("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Requests_OfOtherOrigins_MayReadOnlyWhenTheOriginIsNamed()
    {
        using var preflight = await apps[0].Http.SendAsync(From("https://ops.example.com", HttpMethod.Options, "api/incidents"), Stop);
        using var named = await apps[0].Http.SendAsync(From("https://ops.example.com", HttpMethod.Get, "api/health/live"), Stop);
        using var other = await apps[0].Http.SendAsync(From("https://ops.example.com.evil.example", HttpMethod.Get, "api/health/live"), Stop);

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Contains("Authorization", preflight.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
        Assert.Equal("https://ops.example.com", named.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.False(named.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.Contains("Origin", named.Headers.Vary);
        Assert.False(other.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Contains("Origin", other.Headers.Vary);
    }

    [Fact]
    public async Task Requests_ToWhatIsNotThere_NameWhatIs()
    {
        using var method = await apps[0].Http.DeleteAsync("api/alerts", Stop);
        using var path = await apps[0].Http.GetAsync("api/no/such/thing", Stop);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, method.StatusCode);
        Assert.Equal(["GET", "POST"], method.Content.Headers.Allow.Order());
        Assert.Equal(HttpStatusCode.NotFound, path.StatusCode);
        Assert.NotEmpty(await ProblemAsync(path));
    }

    [Fact]
    public async Task Webhook_Compressed_IsRefused()
    {
        using var body = Webhook();
        body.Headers.ContentEncoding.Add("gzip");
        using var answer = await apps[0].Http.PostAsync("api/alerts/alertmanager", body, Stop);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Contains("Content-Encoding", await ProblemAsync(answer), StringComparison.Ordinal);
    }

    private static HttpRequestMessage From(string origin, HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "GET");
        return request;
    }

    private static async Task<HttpResponseMessage> AskAsync(NightwatchApp app, string path, string token, string address, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("x:" + token)));
        request.Headers.Add("X-Forwarded-For", address);
        return await app.Http.SendAsync(request, Stop);
    }

    private static HttpContent Webhook() => Webhooks.Alertmanager("orders-limits", [Webhooks.Firing("Down", "orders-limits", TimeProvider.System.GetUtcNow().AddMinutes(-1))]);

    private static async Task<string> ProblemAsync(HttpResponseMessage answer)
    {
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop));
        return problem.RootElement.GetProperty("detail").GetString()!;
    }
}
