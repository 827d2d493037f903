using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Tools;

public sealed class HistoryToolsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 18, 12, 0, 0, TimeSpan.Zero);

    private readonly InMemoryDocuments<AlertEpisode> episodes = new(AlertEpisode.Type);
    private readonly InMemoryDocuments<Incident> incidents = new(Incident.Type);
    private readonly InMemoryDocuments<Investigation> investigations = new(Investigation.Type);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetAlertHistory_NameAndWindow_GivesTheNewestFirst()
    {
        await AddEpisodesAsync(("HighErrorRate", 0), ("HighErrorRate", 60), ("DiskFull", 30), ("HighErrorRate", 5000));

        var result = await AskAsync("get_alert_history", new { alertname = "HighErrorRate", start = Noon.AddHours(-2), end = Noon.AddMinutes(1) });

        Assert.True(result.Status == ToolStatus.Success, result.Message);
        Assert.Equal([Noon, Noon.AddMinutes(-60)], result.Data!.Value.GetProperty("episodes").EnumerateArray().Select(e => e.GetProperty("starts_at").GetDateTimeOffset()));
        Assert.Equal(2, result.Data.Value.GetProperty("total").GetInt32());
        var first = result.Data.Value.GetProperty("episodes")[0];
        Assert.Equal("firing", first.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, first.GetProperty("ends_at").ValueKind);
        Assert.Equal("orders", first.GetProperty("labels").GetProperty("service").GetString());
        Assert.False(first.GetProperty("flapping").GetBoolean());
    }

    [Fact]
    public async Task GetAlertHistory_Fingerprint_IsAskedOfTheStore()
    {
        await AddEpisodesAsync(("HighErrorRate", 0), ("DiskFull", 30));

        var result = await AskAsync("get_alert_history", new { fingerprint = Fingerprint("DiskFull"), end = Noon.AddMinutes(1) });

        Assert.Equal("DiskFull", Assert.Single(result.Data!.Value.GetProperty("episodes").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task GetAlertHistory_ManyEpisodes_ReadsABoundedNumberOnceAndSaysSo()
    {
        await AddEpisodesAsync([.. Enumerable.Range(0, 700).Select(i => (i % 2 == 0 ? "Even" : "Odd", i))]);

        var result = await AskAsync("get_alert_history", new { alertname = "Even", end = Noon.AddMinutes(1), limit = 10 });

        Assert.Equal(10, result.Data!.Value.GetProperty("episodes").GetArrayLength());
        Assert.Equal(250, result.Data.Value.GetProperty("total").GetInt32());
        Assert.Equal("only the newest 500 episodes of that time were looked at; the newest 10 of 250 episodes are shown", result.Message);
        Assert.Equal(1, episodes.Faults.Reads);
    }

    [Fact]
    public async Task GetAlertHistory_OtherTenantsEpisodes_AreNotSeen()
    {
        await AddEpisodesAsync(("HighErrorRate", 0));

        var result = await AskAsync("get_alert_history", new { end = Noon.AddMinutes(1) }, tenant: "other");

        Assert.Equal(ToolStatus.NoData, result.Status);
    }

    [Fact]
    public async Task GetAlertHistory_StoreDown_IsATransientError()
    {
        episodes.Faults.Unavailable = true;

        var result = await AskAsync("get_alert_history", new { });

        Assert.Equal((ToolStatus.Error, true), (result.Status, result.Transient));
    }

    [Fact]
    public async Task FindSimilarIncidents_SameAlertSameService_IsMostAlikeAndSaysHowItEnded()
    {
        await AddIncidentAsync("same", "HighErrorRate orders", 60, ("alertname", "HighErrorRate"), ("service", "orders"));
        await AddIncidentAsync("neighbour", "HighErrorRate payment", 50, ("alertname", "HighErrorRate"), ("service", "payment"));
        await AddIncidentAsync("unlike", "DiskFull db-1", 40, ("alertname", "DiskFull"), ("service", "database"));
        await AddIncidentAsync("later", "HighErrorRate orders", -10, ("alertname", "HighErrorRate"), ("service", "orders"));

        var result = await AskAsync("find_similar_incidents", new { alertname = "HighErrorRate", labels = new { service = "orders" }, before = Noon });

        var alike = result.Data!.Value.GetProperty("incidents").EnumerateArray().ToList();
        Assert.Equal(["same", "neighbour"], alike.Select(i => i.GetProperty("id").GetString()));
        Assert.Equal(1, alike[0].GetProperty("similarity").GetDouble());
        Assert.InRange(alike[1].GetProperty("similarity").GetDouble(), 0.5, 0.8);
        Assert.Equal("a bad deployment", alike[0].GetProperty("conclusion").GetString());
        Assert.Equal("rolled back after 5 minutes", alike[0].GetProperty("outcome").GetString());
        Assert.Equal(300, alike[0].GetProperty("duration_seconds").GetDouble());
    }

    [Fact]
    public async Task FindSimilarIncidents_OtherReplica_CountsLessThanOtherService()
    {
        await AddIncidentAsync("replica", "HighErrorRate orders", 60, ("alertname", "HighErrorRate"), ("service", "orders"), ("instance", "orders-2"));
        await AddIncidentAsync("service", "HighErrorRate payment", 50, ("alertname", "HighErrorRate"), ("service", "payment"), ("instance", "orders-1"));

        var result = await AskAsync("find_similar_incidents", new { alertname = "HighErrorRate", labels = new { service = "orders", instance = "orders-1" }, before = Noon });

        Assert.Equal(["replica", "service"], result.Data!.Value.GetProperty("incidents").EnumerateArray().Select(i => i.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task FindSimilarIncidents_NothingToCompareWith_IsAnError()
    {
        Assert.Equal(ToolStatus.Error, (await AskAsync("find_similar_incidents", new { })).Status);
        Assert.Equal(ToolStatus.NoData, (await AskAsync("find_similar_incidents", new { alertname = "X" })).Status);
    }

    private static string Fingerprint(string name) => name.Length.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    private async Task AddEpisodesAsync(params (string Name, int MinutesAgo)[] added)
    {
        await episodes.WriteManyAsync("default", [.. added.Select(a => DocumentWrite<AlertEpisode>.Create(AlertEpisode.IdOf(Fingerprint(a.Name), Noon.AddMinutes(-a.MinutesAgo)), Episode(a.Name, a.MinutesAgo)))], Cancel);
    }

    private static AlertEpisode Episode(string name, int minutesAgo) => new()
    {
        Id = AlertEpisode.IdOf(Fingerprint(name), Noon.AddMinutes(-minutesAgo)),
        Tenant = "default",
        Fingerprint = Fingerprint(name),
        Name = name,
        Status = AlertStatus.Firing,
        Stage = EpisodeStage.Correlated,
        Labels = new Dictionary<string, string> { ["alertname"] = name, ["service"] = "orders" },
        Annotations = new Dictionary<string, string>(),
        StartsAt = Noon.AddMinutes(-minutesAgo),
        Source = "alertmanager",
        ReceivedAt = Noon,
        ChangedAt = Noon,
    };

    private async Task AddIncidentAsync(string id, string title, int minutesAgo, params (string Name, string Value)[] labels)
    {
        var start = Noon.AddMinutes(-minutesAgo);
        var incident = new Incident
        {
            Id = id,
            Tenant = "default",
            Status = IncidentStatus.Resolved,
            Title = title,
            Severity = "critical",
            FirstEpisodeId = "e",
            StartsAt = start,
            UpdatedAt = start,
            ResolvedAt = start.AddMinutes(5),
            Episodes = 1,
            FiringEpisodes = 0,
            CommonLabels = labels.ToDictionary(l => l.Name, l => l.Value),
            InvestigationState = InvestigationState.Concluded,
            InvestigationId = "inv-" + id,
            Conclusion = "a bad deployment",
        };
        var investigation = new Investigation
        {
            Id = "inv-" + id,
            Tenant = "default",
            IncidentId = id,
            Title = title,
            Status = InvestigationStatus.Concluded,
            Depth = InvestigationDepth.Standard,
            ClaimedAt = start,
            Outcome = "rolled back after 5 minutes",
        };
        await incidents.WriteAsync("default", DocumentWrite<Incident>.Create(id, incident), Cancel);
        await investigations.WriteAsync("default", DocumentWrite<Investigation>.Create(investigation.Id, investigation), Cancel);
    }

    private Task<ToolResult> AskAsync(string name, object arguments, string tenant = "default") => new ServiceCollection()
        .AddLogging()
        .AddSingleton<IDocuments<AlertEpisode>>(episodes)
        .AddSingleton<IDocuments<Incident>>(incidents)
        .AddSingleton<IDocuments<Investigation>>(investigations)
        .AddSingleton<IAuditTrail>(new RecordedAudit())
        .AddTools()
        .BuildServiceProvider()
        .GetRequiredService<IToolCatalog>()
        .InvokeAsync(
            new ToolRequest { Name = name, Caller = Callers.Everything(tenant), Arguments = JsonSerializer.Serialize(arguments) },
            Cancel);
}
