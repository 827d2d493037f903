using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Cosmos;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Support;
using Nightwatch.Support.Cosmos;

namespace Nightwatch.Adapters.Tests.Cosmos;

/// <summary>Use cases of the product as they are, on Cosmos DB instead of the embedded store, in two processes where that matters.</summary>
public sealed class CosmosFlowTests : IAsyncLifetime
{
    private const string Tenant = "acme";

    private readonly ManualTime time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private CosmosGateway gateway = null!;
    private ServiceProvider[] processes = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        gateway = await CosmosGateway.StartAsync(time, Stop);
        processes = [Start(), Start()];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task Alerts_OfTwoProcessesAtOnce_BecomeIncidentsThatAreClaimedOnce()
    {
        var startsAt = time.GetUtcNow().AddMinutes(-5);
        var bodies = Enumerable.Range(0, 6).Select(s => Webhook("firing", $"shop-{s}", startsAt, 5)).ToList();
        // Every webhook comes to both.
        var taken = await Task.WhenAll(bodies.SelectMany(b => processes.Select(p => p.GetRequiredService<IngestAlerts>().IngestAsync(Tenant, AlertFormat.Alertmanager, b, Stop))));
        var ids = taken.SelectMany(t => t.Accepted.Select(a => a.EpisodeId!)).Distinct().ToList();

        await Task.WhenAll(processes.Select(p => p.GetRequiredService<CorrelateAlerts>().CorrelateAsync(Tenant, ids, Stop)));

        var incidents = await processes[1].GetRequiredService<ListIncidents>().ListAsync(Callers.Everything(Tenant), new IncidentFilter(), Stop);
        var episodes = await processes[0].GetRequiredService<Nightwatch.Domain.Storage.IDocuments<AlertEpisode>>().ReadManyAsync(Tenant, ids, Stop);
        Assert.Equal(30, ids.Count);
        Assert.Equal(30, incidents.Items.Sum(i => i.Episodes));
        Assert.All(episodes.Values, e => Assert.Contains(incidents.Items, i => i.Id == e.Value.IncidentId));

        var wanted = incidents.Items.Where(i => i.InvestigationState == InvestigationState.Wanted).ToList();
        Assert.NotEmpty(wanted);
        var claims = await Task.WhenAll(wanted.SelectMany(i => processes.Select(p => p.GetRequiredService<ClaimInvestigation>().ClaimAsync(Tenant, i.Id, Stop))));
        Assert.Equal(wanted.Select(ClaimInvestigation.IdOf).Order(), claims.Select(c => c.InvestigationId!).Distinct().Order());
        Assert.Equal(wanted.Count, gateway.Containers["nightwatch/documents"].Stored.Count(d => d["pk"]!.GetValue<string>() == $"investigations:{Tenant}"));
    }

    [Fact]
    public async Task Alerts_ThatResolve_CloseTheirIncidentAndAnotherTenantSeesNothing()
    {
        var startsAt = time.GetUtcNow().AddMinutes(-5);
        foreach (var status in new[] { "firing", "resolved" })
        {
            var taken = await processes[0].GetRequiredService<IngestAlerts>().IngestAsync(Tenant, AlertFormat.Alertmanager, Webhook(status, "shop", startsAt, 3), Stop);
            await processes[1].GetRequiredService<CorrelateAlerts>().CorrelateAsync(Tenant, taken.ChangedEpisodeIds, Stop);
        }

        var list = processes[0].GetRequiredService<ListIncidents>();
        Assert.Equal(IncidentStatus.Resolved, Assert.Single((await list.ListAsync(Callers.Everything(Tenant), new IncidentFilter(), Stop)).Items).Status);
        Assert.Empty((await list.ListAsync(Callers.Everything("other"), new IncidentFilter(), Stop)).Items);
    }

    [Fact]
    public async Task Audit_OfTwoProcesses_IsWholeAndFoundByAction()
    {
        await Task.WhenAll(processes.SelectMany((p, w) => Enumerable.Range(0, 60).Select(i =>
            p.GetRequiredService<IAuditTrail>().RecordAsync(new AuditEvent { Tenant = Tenant, Actor = $"person:{w}", Action = i % 2 == 0 ? "tool.call" : "api.read" }, Stop))));

        var report = await processes[0].GetRequiredService<VerifyAudit>().VerifyAsync(Tenant, Stop);
        var list = await processes[1].GetRequiredService<ListAudit>().ListAsync(Tenant, new AuditFilter { Action = "tool.call", Actor = "person:1" }, 100, null, Stop);

        Assert.Empty(report.Findings);
        Assert.True(report.Records >= 120);
        Assert.Equal(30, list.Items.Count);
    }

    [Fact]
    public async Task Alert_ThatIsNew_CostsNoMoreThanTheDocumentationSays()
    {
        var startsAt = time.GetUtcNow().AddMinutes(-5);
        for (var i = 0; i < 3; i++)
        {
            // A history that a new alert does not pay for.
            await IngestAsync(Webhook("firing", $"earlier-{i}", startsAt, 40));
        }

        gateway.Calls.Clear();
        await IngestAsync(Webhook("firing", "shop", startsAt, 1));
        var one = gateway.Calls.GroupBy(c => c.Kind).ToDictionary(g => g.Key, g => g.Count());
        gateway.Calls.Clear();
        await IngestAsync(Webhook("firing", "shop", startsAt, 1));
        var repeat = gateway.Calls.GroupBy(c => c.Kind).ToDictionary(g => g.Key, g => g.Count());

        // docs/cosmos.md draws its sums from these.
        Assert.Equal(new() { ["create"] = 2, ["query"] = 2, ["read"] = 3, ["replace"] = 2 }, one);
        Assert.DoesNotContain(repeat.Keys, k => k is not ("read" or "query"));
        Assert.InRange(repeat.Values.Sum(), 1, 4);
    }

    private async Task IngestAsync(byte[] body)
    {
        var taken = await processes[0].GetRequiredService<IngestAlerts>().IngestAsync(Tenant, AlertFormat.Alertmanager, body, Stop);
        await processes[0].GetRequiredService<CorrelateAlerts>().CorrelateAsync(Tenant, taken.ChangedEpisodeIds, Stop);
    }

    private static byte[] Webhook(string status, string service, DateTimeOffset startsAt, int alerts) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        version = "4",
        groupKey = $"{{}}:{{service=\"{service}\"}}",
        truncatedAlerts = 0,
        status,
        receiver = "nightwatch",
        groupLabels = new { service },
        commonLabels = new { service },
        commonAnnotations = new { },
        externalURL = "http://alertmanager.example",
        alerts = Enumerable.Range(0, alerts).Select(i => new
        {
            status,
            labels = new { alertname = "Down", severity = "critical", service, pod = $"{service}-{i}" },
            annotations = new { summary = $"{service} is down" },
            startsAt,
            endsAt = status == "firing" ? "0001-01-01T00:00:00Z" : startsAt.AddMinutes(4).ToString("O"),
            generatorURL = "http://prometheus.example/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
        }),
    });

    private ServiceProvider Start()
    {
        var settings = new Dictionary<string, string?> { ["COSMOS_ENDPOINT"] = gateway.Url.AbsoluteUri, ["COSMOS_KEY"] = CosmosGateway.Key, ["COSMOS_CREATE"] = "true" };
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(time)
            .AddCosmosStore(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddDocuments(AlertEpisode.Type).AddDocuments(AlertStart.Type).AddDocuments(Finding.Type).AddDocuments(CorrelationWindow.Type)
            .AddDocuments(Incident.Type).AddDocuments(Investigation.Type).AddDocuments(AuditRecord.Type).AddDocuments(AuditAnchor.Type)
            .AddAlerts().AddIncidents().AddSingleton<ClaimInvestigation>()
            .AddAuditTrail(options => options.Key = Convert.ToBase64String(new byte[32]))
            .BuildServiceProvider();
    }
}
