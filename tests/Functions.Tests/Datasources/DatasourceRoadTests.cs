using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Datasources;

/// <summary>From POST to an answer of a real Prometheus that asks for a password, in two processes of the product.</summary>
public sealed class DatasourceRoadTests : IAsyncLifetime
{
    private const string Admin = "an-admin-token-of-the-tests";
    private const string Password = "correct horse";
    private const string WrongPassword = "battery-staple-zebra";

    private readonly ScratchDirectory state = new();
    private readonly StringBuilder answers = new();
    private readonly string key = NewKey();
    private Azurite? azurite;
    private PrometheusServer? prometheus;
    private PrometheusServer? configured;
    private NightwatchApp? first;
    private NightwatchApp? second;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        azurite = await Azurite.StartAsync(Stop);
        prometheus = await PrometheusServer.StartGuardedAsync("basic_auth_users: {reader: '$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e'}", null, Stop);
        configured = await PrometheusServer.StartAsync("global: {scrape_interval: 1s}", null, Stop);
        first = await StartAsync(key, null);
        second = await StartAsync(key, null);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { first, second, prometheus, configured, azurite })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        state.Dispose();
    }

    [Fact]
    public async Task Datasource_FromPostToDelete_AnswersAndNeverShowsItsCredentials()
    {
        await RefusedWhenTheTestFailsAsync();
        var etag = await AddAsync();
        await AskAsync();
        await BrokenOneAsync();
        await ChangeAsync(etag);
        await ListAsync();
        await NothingLeaksAsync();
        await RotateAsync();
        await RemoveAsync();
    }

    private async Task RefusedWhenTheTestFailsAsync()
    {
        var refused = await SendAsync(first!, "POST", "api/grafana/datasources?test=true", Body("eu", WrongPassword));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("refused our credentials (401)", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(first!, "GET", "api/grafana/datasources/eu")).Status);
        var wrong = await SendAsync(first!, "POST", "api/grafana/datasources", """{"name":"eu","type":"prometheus","url":"nowhere"}""");
        Assert.Equal((HttpStatusCode.BadRequest, "url"), (wrong.Status, wrong.Text("field")));
        var unknown = await SendAsync(first!, "POST", "api/grafana/query/prometheus", """{"query":"1","datasource":"eu"}""");
        Assert.Equal((HttpStatusCode.NotFound, "datasource"), (unknown.Status, unknown.Text("field")));
    }

    private async Task<string> AddAsync()
    {
        var made = await SendAsync(first!, "POST", "api/grafana/datasources?test=true", Body("eu", Password));

        Assert.Equal(HttpStatusCode.Created, made.Status);
        var health = made.Json.GetProperty("health");
        Assert.Equal(("healthy", true), (health.GetProperty("state").GetString(), health.GetProperty("version").GetString()!.StartsWith("2.", StringComparison.Ordinal)));
        Assert.True(health.GetProperty("latencyMs").GetDouble() > 0);
        Assert.Equal(["password"], made.Json.GetProperty("auth").GetProperty("set").EnumerateArray().Select(s => s.GetString()));
        Assert.NotNull(made.ETag);
        return made.ETag;
    }

    private async Task AskAsync()
    {
        var own = await SendAsync(first!, "POST", "api/grafana/query/prometheus", """{"query":"1 + 2","datasource":"EU"}""");
        var other = await Eventually.GetAsync(
            () => SendAsync(second!, "POST", "api/grafana/query/prometheus", """{"query":"vector(4)","datasource":"eu","start":"2026-11-21T10:00:00Z","end":"2026-11-21T11:00:00Z"}"""),
            a => a.Status == HttpStatusCode.OK);

        Assert.Equal((HttpStatusCode.OK, "eu", "1 + 2"), (own.Status, own.Text("source"), own.Text("query")));
        Assert.Equal(3, own.Json.GetProperty("data").GetProperty("samples")[0].GetProperty("value").GetDouble());
        Assert.StartsWith(prometheus!.Url.AbsoluteUri + "graph?", own.Text("link"), StringComparison.Ordinal);
        Assert.Equal(15, other.Json.GetProperty("data").GetProperty("step_seconds").GetInt32());
        Assert.Equal(241, other.Json.GetProperty("data").GetProperty("series")[0].GetProperty("points").GetArrayLength());
        foreach (var (body, status, field) in new[]
        {
            ("""{}""", HttpStatusCode.BadRequest, "query"),
            ("""{"query":"up","time":"2026-11-21T10:00:00Z","start":"2026-11-21T10:00:00Z"}""", HttpStatusCode.BadRequest, "time"),
            ("""{"query":"up","start":"2026-11-01T00:00:00Z","end":"2026-11-10T00:00:00Z"}""", HttpStatusCode.BadRequest, "start"),
            ("""{"query":"up","start":"2026-11-21T10:00:00Z","step":0}""", HttpStatusCode.BadRequest, "step"),
            ("""{"query":"up(","datasource":"eu"}""", HttpStatusCode.BadRequest, "query"),
        })
        {
            var refused = await SendAsync(first!, "POST", "api/grafana/query/prometheus", body);
            Assert.Equal((status, field), (refused.Status, refused.Text("field")));
        }

        var noLogs = await SendAsync(first!, "POST", "api/grafana/query/loki", """{"query":"{a=\"b\"}","start":"2026-11-21T10:00:00Z","end":"2026-11-21T11:00:00Z"}""");
        Assert.Equal((HttpStatusCode.NotFound, "datasource"), (noLogs.Status, noLogs.Text("field")));
        var tooMany = await SendAsync(first!, "POST", "api/grafana/query/loki", """{"query":"{a=\"b\"}","start":"2026-11-21T10:00:00Z","limit":10001}""");
        Assert.Equal((HttpStatusCode.BadRequest, "limit"), (tooMany.Status, tooMany.Text("field")));
    }

    /// <summary>One that fails says so in its own words, in its answer and in its state; the others go on.</summary>
    private async Task BrokenOneAsync()
    {
        var forced = await SendAsync(first!, "POST", "api/grafana/datasources?test=true&force=true", Body("broken", WrongPassword));
        Assert.Equal((HttpStatusCode.Created, "unhealthy"), (forced.Status, forced.Json.GetProperty("health").GetProperty("state").GetString()));

        var failed = await SendAsync(first!, "POST", "api/grafana/query/prometheus", """{"query":"1","datasource":"broken"}""");

        Assert.Equal(HttpStatusCode.BadGateway, failed.Status);
        Assert.Contains("broken: refused our credentials (401)", failed.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(first!, "POST", "api/grafana/query/prometheus", """{"query":"1","datasource":"eu"}""")).Status);
        var tested = await SendAsync(second!, "GET", "api/grafana/datasources/broken?test=true");
        Assert.Contains("refused our credentials", tested.Json.GetProperty("health").GetProperty("lastFailure").GetString(), StringComparison.Ordinal);
    }

    private async Task ChangeAsync(string etag)
    {
        var kept = await SendAsync(first!, "PUT", "api/grafana/datasources/eu", Body("eu", null), etag);
        var stale = await SendAsync(first!, "PUT", "api/grafana/datasources/eu", Body("eu", null), etag);
        var moved = await SendAsync(first!, "PUT", "api/grafana/datasources/eu", """{"name":"eu","type":"prometheus","url":"http://evil.example"}""");
        var setting = await SendAsync(first!, "PUT", "api/grafana/datasources/configured:prometheus:prometheus", """{"name":"prometheus","type":"prometheus","url":"http://evil.example"}""");

        Assert.Equal((HttpStatusCode.OK, 2), (kept.Status, kept.Json.GetProperty("version").GetInt32()));
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
        Assert.Equal((HttpStatusCode.BadRequest, "auth.password"), (moved.Status, moved.Text("field")));
        Assert.Equal(HttpStatusCode.Conflict, setting.Status);
        Assert.Contains("PROMETHEUS_URL", setting.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(first!, "POST", "api/grafana/query/prometheus", """{"query":"1","datasource":"eu"}""")).Status);
    }

    private async Task ListAsync()
    {
        var list = await SendAsync(first!, "GET", "api/grafana/datasources");

        Assert.Equal(3, list.Json.GetProperty("total").GetInt32());
        Assert.Equal(
            [("configured:prometheus:prometheus", true), ("broken", false), ("eu", false)],
            list.Json.GetProperty("datasources").EnumerateArray().Select(d => (d.GetProperty("id").GetString()!, d.GetProperty("configured").GetBoolean())));
    }

    private async Task NothingLeaksAsync()
    {
        await SendAsync(first!, "GET", "api/audit?pageSize=500");
        await SendAsync(first!, "GET", "api/audit?action=configuration.changed");
        Assert.Contains("datasource/eu", answers.ToString(), StringComparison.Ordinal);
        var everything = answers + first!.Output + second!.Output;
        foreach (var file in Directory.GetFiles(state.Path, "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            everything += await reader.ReadToEndAsync(Stop);
        }

        Assert.Contains("nws1.", everything, StringComparison.Ordinal);
        foreach (var secret in new[] { Password, WrongPassword, Convert.ToBase64String(Encoding.UTF8.GetBytes($"reader:{Password}")), Convert.ToBase64String(Encoding.UTF8.GetBytes(Password)) })
        {
            Assert.DoesNotContain(secret, everything, StringComparison.Ordinal);
        }
    }

    /// <summary>With a new key, and the old one as a previous one, what is stored still opens; with the new one alone it says what to do.</summary>
    private async Task RotateAsync()
    {
        var newKey = NewKey();
        await second!.DisposeAsync();
        second = await StartAsync(newKey, key);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(second, "POST", "api/grafana/query/prometheus", """{"query":"1","datasource":"eu"}""")).Status);
        await second.DisposeAsync();
        second = await StartAsync(newKey, null);

        var lost = await SendAsync(second, "POST", "api/grafana/query/prometheus", """{"query":"1","datasource":"eu"}""");

        Assert.Equal(HttpStatusCode.BadGateway, lost.Status);
        Assert.Contains("set it anew", lost.Text("detail"), StringComparison.Ordinal);
    }

    private async Task RemoveAsync()
    {
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(first!, "DELETE", "api/grafana/datasources/eu")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(first!, "GET", "api/grafana/datasources/eu")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(first!, "POST", "api/grafana/query/prometheus", """{"query":"1","datasource":"eu"}""")).Status);
    }

    private string Body(string name, string? password) => JsonSerializer.Serialize(new
    {
        name,
        type = "prometheus",
        url = prometheus!.Url.AbsoluteUri,
        auth = password is null ? null : new { kind = "basic", username = "reader", password },
        labels = new { environment = "production" },
    });

    private Task<NightwatchApp> StartAsync(string secretsKey, string? previous) => NightwatchApp.StartAsync(
        state.Path,
        azurite!.ConnectionString,
        new Dictionary<string, string?>
        {
            ["NIGHTWATCH_ADMIN_TOKEN_SHA256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Admin))),
            ["NIGHTWATCH_SECRETS_KEY"] = secretsKey,
            ["NIGHTWATCH_SECRETS_KEYS_PREVIOUS"] = previous,
            ["NIGHTWATCH_OUTBOUND_ALLOW"] = prometheus!.Url.Authority,
            ["PROMETHEUS_URL"] = configured!.Url.AbsoluteUri,
        },
        Stop);

    private async Task<Answered> SendAsync(NightwatchApp app, string method, string path, string? body = null, string? etag = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Admin);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (etag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        }

        using var answer = await app.Http.SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        answers.AppendLine(text);
        return new Answered(answer.StatusCode, JsonDocument.Parse(text).RootElement, answer.Headers.ETag?.ToString()!);
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private sealed record Answered(HttpStatusCode Status, JsonElement Json, string ETag)
    {
        public string Text(string name) => Json.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
    }
}
