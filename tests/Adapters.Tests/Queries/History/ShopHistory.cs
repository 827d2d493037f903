using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Queries.History;

/// <summary>The tools that answer for the past, on a real Prometheus with <see cref="ShopPast"/> and on the fake Loki.</summary>
public sealed class ShopHistory : IAsyncLifetime
{
    private PrometheusServer? prometheus;
    private FakeLoki? loki;
    private ServiceProvider? services;

    internal static readonly Scope Limited = new() { Applications = ["shop"] };

    public Uri Prometheus => prometheus!.Url;

    internal FakeLoki Loki => loki!;

    internal IMetricSource Metrics => services!.GetRequiredService<IMetricSource>();

    internal ILogSource Logs => services!.GetRequiredService<ILogSource>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        prometheus = await ShopPast.StartAsync(Stop);
        loki = await FakeLoki.StartAsync(Stop);
        services = Sources.Build(("PROMETHEUS_URL", prometheus.Url.AbsoluteUri), ("LOKI_URL", loki.Url.AbsoluteUri));
        var documents = services.GetRequiredService<IDocuments<ApplicationProfile>>();
        foreach (var profile in Profiles())
        {
            await documents.WriteAsync("default", DocumentWrite<ApplicationProfile>.Create(profile.Id, profile), Stop);
        }

        await PushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await services!.DisposeAsync();
        await loki!.DisposeAsync();
        await prometheus!.DisposeAsync();
    }

    public async Task<ToolResult> AskAsync(string tool, object arguments, Scope? scope = null, params Permission[] permissions) =>
        await services!.GetRequiredService<IToolCatalog>().InvokeAsync(
            new ToolRequest
            {
                Name = tool,
                Caller = Callers.With("default", scope ?? Scope.Everywhere, permissions.Length > 0 ? permissions : [Permission.ReadMetrics, Permission.ReadLogs]),
                Arguments = JsonSerializer.Serialize(arguments),
                MaxDataBytes = ToolLimits.MaxDirectDataBytes,
            },
            Stop);

    public async Task<JsonElement> DataAsync(string tool, object arguments, Scope? scope = null, params Permission[] permissions)
    {
        var result = await AskAsync(tool, arguments, scope, permissions);
        Assert.True(result.Status == ToolStatus.Success, result.Message);
        return result.Data!.Value;
    }

    private static IEnumerable<ApplicationProfile> Profiles()
    {
        var shop = new ApplicationProfile
        {
            Tenant = "default",
            Id = "shop",
            Name = "Shop",
            Environments = [new("production", Labels("namespace", "shop-prod")), new("staging", Labels("namespace", "shop-staging"))],
            Metrics = new SourceMapping(null, Labels("application", "shop")),
            Logs = new SourceMapping(null, Labels("app", "shop")),
            Components = [new() { Name = "orders", Metrics = new(null, Labels("service", "orders")), Logs = new(null, Labels("service", "orders")) }, new() { Name = "payment", Metrics = new(null, Labels("service", "payment")) }],
            DefaultMetrics =
            [
                new("Request rate", "sum by (service) (rate(http_requests_total{application=\"shop\"}[5m]))", "per_second", ""),
                new("Neighbours", "sum(rate(http_requests_total{namespace=\"other-prod\"}[5m]))", "per_second", ""),
                new("Everybody", "sum by (application) (rate(http_requests_total[5m]))", "per_second", ""),
                new("Broken", "sum(", "", ""),
            ],
            Slos =
            [
                new() { Name = "Availability", Kind = SloKind.Availability, Objective = 99 },
                new() { Name = "Errors", Kind = SloKind.ErrorRate, Objective = 5, Good = "sum(rate(http_requests_total{application=\"shop\",code=\"200\"}[5m]))", Total = "sum(rate(http_requests_total{application=\"shop\"}[5m]))" },
                new() { Name = "Fast", Kind = SloKind.LatencyP95, Objective = 99, ThresholdSeconds = 0.5, Component = "orders" },
            ],
        };
        return
        [
            shop,
            shop with { Id = "bare", DefaultMetrics = [], Slos = [new() { Name = "Half", Kind = SloKind.LatencyP95, Objective = 99, ThresholdSeconds = 2, Query = "half_gauge" }] },
            new() { Tenant = "default", Id = "lost", Name = "Lost", Metrics = new(null, Labels("application", "lost")), Logs = new(null, Labels("app", "lost")), Slos = [new() { Name = "Availability", Kind = SloKind.Availability, Objective = 99 }] },
            new() { Tenant = "default", Id = "unmapped", Name = "Unmapped", DefaultMetrics = [new("All", "sum(up)", "", "")] },
        ];
    }

    private static Dictionary<string, string> Labels(string name, string value) => new() { [name] = value };

    /// <summary>One line each minute of the last 24 hours of orders, in JSON: every tenth an error. 7 lines share one time. 60 errors in one hour more, and 5 lines of plain text.</summary>
    private async Task PushAsync()
    {
        var orders = new List<string[]>();
        for (var minute = 1; minute <= 24 * 60; minute++)
        {
            orders.Add([Nanoseconds(ShopPast.End.AddMinutes(-minute)), $$"""{"level":"{{(minute % 10 == 0 ? "error" : "INFO")}}","msg":"line {{minute}}"}"""]);
        }

        for (var second = 0; second < 60; second++)
        {
            orders.Add([Nanoseconds(ShopPast.IncidentStart.AddSeconds(second + 0.5)), $$"""{"level":"err","msg":"payment refused {{second}}"}"""]);
        }

        for (var i = 0; i < 5; i++)
        {
            orders.Add([Nanoseconds(ShopPast.Ago(5).AddSeconds(i + 0.5)), $"plain text {i}"]);
        }

        var crowd = Enumerable.Range(0, 25).Select(i => new[] { Nanoseconds(ShopPast.Ago(30)), $"crowd {i:00}" }).ToList();
        using var client = new HttpClient { BaseAddress = Loki.Url };
        using var answer = await client.PostAsJsonAsync(
            "loki/api/v1/push",
            new
            {
                streams = new object[]
                {
                    new { stream = new { app = "shop", service = "orders" }, values = orders },
                    new { stream = new { app = "shop", service = "payment" }, values = crowd },
                    new { stream = new { app = "other", service = "x" }, values = new[] { new[] { Nanoseconds(ShopPast.Ago(1)), "a secret of others" } } },
                },
            },
            Stop);
        answer.EnsureSuccessStatusCode();
    }

    private static string Nanoseconds(DateTimeOffset at) => $"{at.ToUnixTimeMilliseconds()}000000";
}
