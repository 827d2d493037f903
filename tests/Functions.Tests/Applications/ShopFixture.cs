using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Nightwatch.Functions.Http;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Applications;

/// <summary>A process in the development mode with two tenants, and a real Prometheus, whose rules record the metrics of a small shop.</summary>
public sealed class ShopFixture : IAsyncLifetime
{
    private const string Rules = """
        groups:
          - name: shop
            interval: 1s
            rules:
              - {record: http_requests_total, expr: vector(time() * 5), labels: {namespace: shop, service: orders, code: "200"}}
              - {record: http_requests_total, expr: vector(time() * 0.1), labels: {namespace: shop, service: orders, code: "500"}}
              - {record: http_request_duration_seconds_bucket, expr: vector(time() * 4.5), labels: {namespace: shop, service: orders, le: "0.1"}}
              - {record: http_request_duration_seconds_bucket, expr: vector(time() * 5), labels: {namespace: shop, service: orders, le: "0.5"}}
              - {record: http_request_duration_seconds_bucket, expr: vector(time() * 5), labels: {namespace: shop, service: orders, le: "+Inf"}}
              - {record: http_client_requests_total, expr: vector(time()), labels: {namespace: shop, service: orders, peer_service: payment, code: "200"}}
              - {record: process_resident_memory_bytes, expr: vector(100000000), labels: {namespace: shop, service: payment}}
        """;

    private readonly ScratchDirectory state = new();
    private Azurite? azurite;
    private PrometheusServer? prometheus;
    private NightwatchApp? app;

    public Uri Prometheus => prometheus!.Url;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        azurite = await Azurite.StartAsync(Stop);
        prometheus = await PrometheusServer.StartAsync(
            "global: {evaluation_interval: 1s}\nrule_files: [rules.yml]", folder => File.WriteAllText(Path.Combine(folder, "rules.yml"), Rules), Stop);
        var policy = Path.Combine(state.Path, "access.yaml");
        await File.WriteAllTextAsync(policy, "tenants: [{id: default}, {id: two}]", Stop);
        var settings = new Dictionary<string, string?>
        {
            ["NIGHTWATCH_ACCESS_POLICY"] = policy,
            ["NIGHTWATCH_DEVELOPMENT"] = "loopback",
            ["PROMETHEUS_URL"] = prometheus.Url.ToString(),
            ["NIGHTWATCH_LIMITS_DEVELOPMENT_PER_MINUTE"] = "1000000",
        };
        app = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, Stop);
    }

    /// <summary>Who may do everything in the tenant.</summary>
    public HttpClient Owner(string tenant = "default")
    {
        var client = new HttpClient { BaseAddress = app!.Url, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Add(CallerIdentification.TenantHeader, tenant);
        return client;
    }

    /// <summary>Who may read metrics and manage sources of one application of the default tenant.</summary>
    public async Task<HttpClient> LimitedAsync(string application)
    {
        using var owner = Owner();
        using var made = await owner.PostAsJsonAsync(
            "api/access/tokens", new { name = "limited", permissions = new[] { "read:metrics", "manage:datasources" }, scope = new { applications = new[] { application } } }, Stop);
        made.EnsureSuccessStatusCode();
        var client = new HttpClient { BaseAddress = app!.Url, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("token").GetString());
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { app, prometheus, azurite })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        state.Dispose();
    }
}
