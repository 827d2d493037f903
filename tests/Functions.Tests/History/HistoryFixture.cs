using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Adapters.Tests.Queries.History;
using Nightwatch.Functions.Http;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.History;

/// <summary>The product with two tenants, a real Prometheus with a shop's past, and the fake Loki with a few lines; the profile of the shop came in over HTTP.</summary>
public sealed class HistoryFixture : IAsyncLifetime
{
    private const string Profile = """
        id: shop
        name: Shop
        environments: [{name: production, labels: {namespace: shop-prod}}, {name: staging, labels: {namespace: shop-staging}}]
        metrics: {labels: {application: shop}}
        logs: {labels: {app: shop}}
        components: [{name: orders, metrics: {labels: {service: orders}}}, {name: payment, metrics: {labels: {service: payment}}}]
        defaultMetrics:
          - {name: Request rate, query: "sum by (service) (rate(http_requests_total{application=\"shop\"}[5m]))", unit: per_second}
          - {name: Neighbours, query: "sum(rate(http_requests_total{namespace=\"other-prod\"}[5m]))"}
        slos:
          - {name: Availability, kind: availability, objective: 99}
          - {name: Fast, kind: latency_p95, objective: 99, thresholdSeconds: 0.5, component: orders}
        """;

    private readonly ScratchDirectory state = new();
    private Azurite? azurite;
    private PrometheusServer? prometheus;
    private FakeLoki? loki;
    private NightwatchApp? app;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        azurite = await Azurite.StartAsync(Stop);
        prometheus = await ShopPast.StartAsync(Stop);
        loki = await FakeLoki.StartAsync(Stop);
        var policy = Path.Combine(state.Path, "access.yaml");
        await File.WriteAllTextAsync(policy, "tenants: [{id: default}, {id: two}]", Stop);
        var settings = new Dictionary<string, string?>
        {
            ["NIGHTWATCH_ACCESS_POLICY"] = policy,
            ["NIGHTWATCH_DEVELOPMENT"] = "loopback",
            ["PROMETHEUS_URL"] = prometheus.Url.ToString(),
            ["LOKI_URL"] = loki.Url.ToString(),
            ["MAX_QUERY_RESULTS"] = "500",
            ["NIGHTWATCH_LIMITS_DEVELOPMENT_PER_MINUTE"] = "1000000",
        };
        app = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, Stop);
        using var owner = Owner();
        using var content = new StringContent(Profile, System.Text.Encoding.UTF8, "application/yaml");
        using var made = await owner.PostAsync("api/applications", content, Stop);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Stop));
        await PushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { app, loki, prometheus, azurite })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        state.Dispose();
    }

    /// <summary>Who may do everything in the tenant.</summary>
    public HttpClient Owner(string tenant = "default")
    {
        var client = new HttpClient { BaseAddress = app!.Url, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Add(CallerIdentification.TenantHeader, tenant);
        return client;
    }

    /// <summary>A service token of the default tenant, for some applications only when any are named.</summary>
    public async Task<HttpClient> TokenAsync(string[] permissions, params string[] applications)
    {
        using var owner = Owner();
        using var made = await owner.PostAsJsonAsync("api/access/tokens", new { name = "some", permissions, scope = new { applications } }, Stop);
        made.EnsureSuccessStatusCode();
        var client = new HttpClient { BaseAddress = app!.Url, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("token").GetString());
        return client;
    }

    /// <summary>A line each minute of the last two hours, every tenth an error with a password in it, and one of another application.</summary>
    private async Task PushAsync()
    {
        var lines = Enumerable.Range(1, 120).Select(m => new[] { Nanoseconds(ShopPast.End.AddMinutes(-m)), m % 10 == 0 ? $"level=error msg=\"login failed {m}\" password=hunter22" : $"level=info msg=\"line {m}\"" });
        using var client = new HttpClient { BaseAddress = loki!.Url };
        var streams = new object[]
        {
            new { stream = new { app = "shop", service = "orders" }, values = lines },
            new { stream = new { app = "other" }, values = new[] { new[] { Nanoseconds(ShopPast.Ago(1)), "level=info msg=\"of others\"" } } },
        };
        using var answer = await client.PostAsJsonAsync("loki/api/v1/push", new { streams }, Stop);
        answer.EnsureSuccessStatusCode();
    }

    private static string Nanoseconds(DateTimeOffset at) => $"{at.ToUnixTimeMilliseconds()}000000";
}
