using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tests.Alerts;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Governance.Access;

/// <summary>What a person may not see is neither in an answer nor in a count.</summary>
public sealed class VisibilityTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 11, 0, 0, TimeSpan.Zero);

    private static readonly Caller OfOrders = Callers.With(
        AlertsWorld.Tenant, new Scope { Applications = ["orders"] }, Permission.ReadAlerts, Permission.ReadIncidents, Permission.ReadMetrics);

    private readonly AlertsWorld world = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ListAlerts_LimitedToAnApplication_ShowsItsOwnAndCountsNoOther()
    {
        await TakeAsync("orders", "payment", "orders-db", "orders");
        var episodes = new ListEpisodes(world.Episodes);

        var page = await episodes.ListAsync(OfOrders, new EpisodeFilter { PageSize = 2 }, Cancel);

        Assert.Equal(["orders", "orders"], page.Items.Select(e => e.Labels["service"]));
        Assert.All(page.Items, e => Assert.Null(e.IncidentId));
        Assert.Equal(4, (await episodes.ListAsync(AlertsWorld.Everybody, new EpisodeFilter(), Cancel)).Items.Count);
        Assert.Empty((await episodes.ListAsync(Callers.Everything("another"), new EpisodeFilter(), Cancel)).Items);
        await Assert.ThrowsAsync<ArgumentException>(() => episodes.ListAsync(OfOrders, new EpisodeFilter { IncidentId = "inc" }, Cancel));
    }

    [Fact]
    public async Task Incidents_OneOfTwoApplications_AreNotThereForWhoMaySeeOnlyOne()
    {
        // Alone, and together with another service of its namespace.
        await world.TakeAsync(Alert("Errors", "orders", "shop-a", Start));
        await world.TakeAsync(Alert("Errors", "orders", "shop-b", Start.AddHours(3)), Alert("Slow", "payment", "shop-b", Start.AddHours(3)));
        var list = new ListIncidents(world.IncidentDocuments);
        var read = new ReadIncident(world.IncidentDocuments, world.Episodes);
        var all = (await list.ListAsync(AlertsWorld.Everybody, new IncidentFilter(), Cancel)).Items;
        var mixed = all.Single(i => i.Episodes == 2);
        var own = all.Single(i => i.Episodes == 1);

        Assert.Equal([own.Id], (await list.ListAsync(OfOrders, new IncidentFilter(), Cancel)).Items.Select(i => i.Id));
        Assert.NotNull(await read.ReadAsync(OfOrders, own.Id, Cancel));
        Assert.Null(await read.ReadAsync(OfOrders, mixed.Id, Cancel));
        Assert.Null(await read.ReadAsync(Callers.Everything("another"), own.Id, Cancel));
    }

    [Fact]
    public async Task Incident_MoreApplicationsThanAreKept_IsForThoseWhoSeeEverything()
    {
        var alerts = Enumerable.Range(0, IncidentAccess.MaxTargets + 1).Select(i => WebhookAlert.Firing(
            Start, ("alertname", "DiskFull"), ("application", $"s{i}"), ("service", "shared"), ("severity", "critical"), ("disk", $"{i}"))).ToArray();
        await world.TakeAsync(alerts);
        var everyService = new Scope { Applications = [.. Enumerable.Range(0, 100).Select(i => $"s{i}")] };

        var incident = Assert.Single(world.Incidents);

        Assert.Null(incident.Targets);
        Assert.Null(IncidentAccess.Show(incident, Callers.With(AlertsWorld.Tenant, everyService, Permission.ReadIncidents)));
        Assert.NotNull(IncidentAccess.Show(incident, AlertsWorld.Everybody));
    }

    [Fact]
    public async Task Findings_LimitedScope_SeesNone()
    {
        await world.IngestAsync(AlertFormat.Generic, "{");
        var findings = new ListFindings(world.FindingDocuments);

        Assert.Empty((await findings.ListAsync(OfOrders, null, 10, null, Cancel)).Items);
        Assert.Single((await findings.ListAsync(AlertsWorld.Everybody, null, 10, null, Cancel)).Items);
    }

    [Fact]
    public async Task Tools_LimitedToAnApplication_ShowItsOwnAndRefuseFreeQueries()
    {
        await TakeAsync("orders", "payment");
        var catalog = Catalog(new RecordingSource("prometheus", AlertsWorld.Tenant));

        var history = await AskAsync(catalog, OfOrders, "get_alert_history", new { start = Start.AddHours(-1), end = Start.AddHours(9) });
        var query = await AskAsync(catalog, OfOrders, "query_metrics", new { query = "up" });
        var range = await AskAsync(catalog, OfOrders, "query_metrics_range", new { query = "up", start = Start, end = Start.AddHours(1) });
        var metrics = await AskAsync(catalog, OfOrders, "list_metrics", new { });

        Assert.Equal(1, history.Data!.Value.GetProperty("total").GetInt32());
        Assert.DoesNotContain("payment", history.Data.Value.GetRawText(), StringComparison.Ordinal);
        Assert.All([query, range, metrics], r => Assert.Contains("limited to parts", r.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tools_SourceOfAnotherTenant_IsNeitherAskedNorNamed()
    {
        var theirs = new RecordingSource("their-prometheus", "another");
        var catalog = Catalog(theirs);
        foreach (var (name, arguments) in new (string, object)[]
        {
            ("query_metrics", new { query = "up" }),
            ("query_metrics_range", new { query = "up", start = Start, end = Start.AddHours(1) }),
            ("list_metrics", new { }),
            ("get_alert_rule", new { alertname = "Down" }),
            ("find_changes", new { start = Start, end = Start.AddHours(1) }),
            ("list_alerts", new { }),
            ("get_silences", new { }),
            ("query_logs", new { query = "{a=\"b\"}", start = Start, end = Start.AddHours(1) }),
            ("query_metrics", new { query = "up", source = "their-prometheus" }),
            ("list_dashboards", new { }),
            ("get_dashboard", new { uid = "d" }),
            ("query_source", new { query = "q", start = Start, end = Start.AddHours(1) }),
        })
        {
            var result = await AskAsync(catalog, AlertsWorld.Everybody, name, arguments);

            Assert.Equal(ToolStatus.Error, result.Status);
            Assert.DoesNotContain("their-prometheus", result.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, theirs.Calls);
        await AskAsync(catalog, Callers.Everything("another"), "query_metrics", new { query = "up" });

        // The question, and the estimate before it.
        Assert.Equal(2, theirs.Calls);
    }

    /// <summary>A tool that forgets its permission would be open to everybody or to nobody; both are found here.</summary>
    [Fact]
    public async Task EveryTool_WithoutItsPermission_IsRefusedBeforeItIsAsked()
    {
        var source = new RecordingSource("prometheus", AlertsWorld.Tenant);
        var catalog = Catalog(source);

        Assert.NotEmpty(catalog.Tools);
        foreach (var tool in catalog.Tools)
        {
            var others = Permissions.All.Where(p => p != tool.Permission && p != Permission.Admin).ToList();
            var result = await AskAsync(catalog, Callers.With(AlertsWorld.Tenant, Scope.Everywhere, others), tool.Name, new { });

            Assert.NotEqual(Permission.None, tool.Permission);
            Assert.Equal(ToolStatus.Error, result.Status);
            Assert.Contains(Permissions.NameOf(tool.Permission), result.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, source.Calls);
    }

    private async Task TakeAsync(params string[] services)
    {
        for (var i = 0; i < services.Length; i++)
        {
            await world.TakeAsync(Alert($"Alert{i}", services[i], $"ns{i}", Start.AddHours(i)));
        }
    }

    private static WebhookAlert Alert(string name, string service, string space, DateTimeOffset at) =>
        WebhookAlert.Firing(at, ("alertname", name), ("service", service), ("namespace", space), ("severity", "critical"));

    private IToolCatalog Catalog(RecordingSource source) => new ServiceCollection()
        .AddLogging()
        .AddSingleton<TimeProvider>(world.Clock)
        .AddSingleton<IDocuments<AlertEpisode>>(world.Episodes)
        .AddSingleton<IDocuments<Incident>>(world.IncidentDocuments)
        .AddSingleton<IDocuments<Investigation>>(new InMemoryDocuments<Investigation>(Investigation.Type))
        .AddSingleton<IMetricSource>(source)
        .AddSingleton<ILogSource>(source)
        .AddSingleton<IAlertSource>(source)
        .AddSingleton<IChangeSource>(source)
        .AddSingleton<IAuditTrail>(new RecordedAudit())
        .AddTools()
        .BuildServiceProvider()
        .GetRequiredService<IToolCatalog>();

    private static Task<ToolResult> AskAsync(IToolCatalog catalog, Caller caller, string name, object arguments) =>
        catalog.InvokeAsync(new ToolRequest { Name = name, Caller = caller, Arguments = JsonSerializer.Serialize(arguments) }, Cancel);

    /// <summary>Counts who asks; it has nothing to tell.</summary>
    private sealed class RecordingSource(string name, string tenant) : IMetricSource, ILogSource, IAlertSource, IChangeSource
    {
        private int calls;

        public string Name => name;

        public string Tenant => tenant;

        public int Calls => calls;

        public Task<MetricAnswer<MetricSample>> QueryAsync(string promql, DateTimeOffset at, CancellationToken cancellationToken) =>
            Counted(new MetricAnswer<MetricSample>([]));

        public Task<MetricAnswer<MetricSeries>> QueryRangeAsync(string promql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) =>
            Counted(new MetricAnswer<MetricSeries>([]));

        public Task<MetricAnswer<IReadOnlyDictionary<string, string>>> FindSeriesAsync(
            IReadOnlyList<string> selectors, TimeWindow window, int limit, CancellationToken cancellationToken) =>
            Counted(new MetricAnswer<IReadOnlyDictionary<string, string>>([]));

        public Task<IReadOnlyList<MetricMetadata>> ListMetadataAsync(CancellationToken cancellationToken) => Counted<IReadOnlyList<MetricMetadata>>([]);

        public Task<IReadOnlyList<AlertingRule>> ListAlertingRulesAsync(CancellationToken cancellationToken) => Counted<IReadOnlyList<AlertingRule>>([]);

        public Uri LinkTo(string query, TimeWindow window) => new("http://source.example/");

        public Task<IReadOnlyList<LogEntry>> QueryRangeAsync(string logql, TimeWindow window, int limit, CancellationToken cancellationToken) =>
            Counted<IReadOnlyList<LogEntry>>([]);

        public Task<IReadOnlyList<string>> ListLabelsAsync(TimeWindow window, CancellationToken cancellationToken) => Counted<IReadOnlyList<string>>([]);

        public Task<IReadOnlyList<string>> ListLabelValuesAsync(string label, TimeWindow window, CancellationToken cancellationToken) =>
            Counted<IReadOnlyList<string>>([]);

        public Task<IReadOnlyList<ActiveAlert>> ListAlertsAsync(CancellationToken cancellationToken) => Counted<IReadOnlyList<ActiveAlert>>([]);

        public Task<IReadOnlyList<AlertSilence>> ListSilencesAsync(CancellationToken cancellationToken) => Counted<IReadOnlyList<AlertSilence>>([]);

        public Task<IReadOnlyList<ChangeEvent>> FindChangesAsync(TimeWindow window, CancellationToken cancellationToken) => Counted<IReadOnlyList<ChangeEvent>>([]);

        private Task<T> Counted<T>(T answer)
        {
            Interlocked.Increment(ref calls);
            return Task.FromResult(answer);
        }
    }
}
