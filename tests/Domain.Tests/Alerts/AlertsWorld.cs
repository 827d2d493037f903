using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Incidents;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Alerts;

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class Clock : TimeProvider
{
    private DateTimeOffset now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    public DateTimeOffset Now => now;

    public override DateTimeOffset GetUtcNow() => now;

    public void Advance(TimeSpan by) => now += by;

    public void Set(DateTimeOffset to) => now = to;
}

/// <summary>An alerting system whose answers the test sets.</summary>
internal sealed class ScriptedAlertSource(string name = "alertmanager") : IAlertSource
{
    public string Tenant => AlertsWorld.Tenant;

    public string Name => name;

    public List<ActiveAlert> Alerts { get; } = [];

    public List<AlertSilence> Silences { get; } = [];

    public bool IsDown { get; set; }

    public int SilenceCalls { get; private set; }

    public Task<IReadOnlyList<ActiveAlert>> ListAlertsAsync(CancellationToken cancellationToken) =>
        IsDown ? throw new SourceException(SourceFailure.Unavailable, name, "connection refused") : Task.FromResult<IReadOnlyList<ActiveAlert>>([.. Alerts]);

    public Task<IReadOnlyList<AlertSilence>> ListSilencesAsync(CancellationToken cancellationToken)
    {
        SilenceCalls++;
        return IsDown ? throw new SourceException(SourceFailure.Unavailable, name, "connection refused") : Task.FromResult<IReadOnlyList<AlertSilence>>([.. Silences]);
    }
}

/// <summary>The use cases of alerts and incidents over one in-memory store. A second world on the same stores is a second process.</summary>
internal sealed class AlertsWorld
{
    public const string Tenant = "t1";

    public static Caller Everybody => Callers.Everything(Tenant);

    private AlertsWorld(AlertsWorld? shared)
    {
        Faults = shared?.Faults ?? new StoreFaults();
        Clock = shared?.Clock ?? new Clock();
        Episodes = shared?.Episodes ?? new InMemoryDocuments<AlertEpisode>(AlertEpisode.Type, Faults);
        Starts = shared?.Starts ?? new InMemoryDocuments<AlertStart>(AlertStart.Type, Faults);
        FindingDocuments = shared?.FindingDocuments ?? new InMemoryDocuments<Finding>(Finding.Type, Faults);
        IncidentDocuments = shared?.IncidentDocuments ?? new InMemoryDocuments<Incident>(Incident.Type, Faults);
        Windows = shared?.Windows ?? new InMemoryDocuments<CorrelationWindow>(CorrelationWindow.Type, Faults);
        Sources = shared?.Sources ?? [];
        Build();
    }

    public AlertsWorld()
        : this(null)
    {
    }

    public Clock Clock { get; }

    public StoreFaults Faults { get; }

    public InMemoryDocuments<AlertEpisode> Episodes { get; }

    public InMemoryDocuments<AlertStart> Starts { get; }

    public InMemoryDocuments<Finding> FindingDocuments { get; }

    public InMemoryDocuments<Incident> IncidentDocuments { get; }

    public InMemoryDocuments<CorrelationWindow> Windows { get; }

    public List<IAlertSource> Sources { get; }

    public IntakeOptions Intake { get; } = new();

    public CorrelationOptions Correlation { get; } = new();

    public ReconcileOptions Reconciliation { get; } = new();

    public IReadOnlyList<MaintenanceWindow> Maintenance { get; set; } = [];

    public AnalysisRules Rules { get; set; } = AnalysisRules.Default;

    public IngestAlerts Ingest { get; private set; } = null!;

    public CorrelateAlerts Correlate { get; private set; } = null!;

    public ReconcileAlerts Reconcile { get; private set; } = null!;

    public RaiseFinding Findings { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public AlertsWorld SecondProcess() => new(this);

    /// <summary>Makes the use cases anew, after sources, rules or windows were set: the process restarts.</summary>
    public void Build()
    {
        Findings = new RaiseFinding(FindingDocuments, Clock);
        Ingest = new IngestAlerts(Episodes, Starts, Findings, Options.Create(Intake), Clock);
        var suppressions = new CurrentSuppressions(new ConfiguredSources(Sources), new FixedMaintenanceWindows(Maintenance), Options.Create(new SuppressionOptions()), Clock);
        Correlate = new CorrelateAlerts(Windows, IncidentDocuments, Episodes, suppressions, new FixedAnalysisRules(Rules), Options.Create(Correlation), Clock);
        Reconcile = new ReconcileAlerts(Episodes, new ConfiguredSources(Sources), suppressions, Findings, Options.Create(Reconciliation), Clock);
    }

    public Task<IngestOutcome> IngestAsync(AlertFormat format, string body) => Ingest.IngestAsync(Tenant, format, Encoding.UTF8.GetBytes(body), Cancel);

    public Task<IngestOutcome> DeliverAsync(params WebhookAlert[] alerts) => IngestAsync(AlertFormat.Alertmanager, WebhookAlert.Webhook(null, alerts));

    public Task<IngestOutcome> DeliverGroupAsync(string groupKey, params WebhookAlert[] alerts) => IngestAsync(AlertFormat.Alertmanager, WebhookAlert.Webhook(groupKey, alerts));

    public Task<CorrelationOutcome> CorrelateAsync(params IEnumerable<string> ids) => Correlate.CorrelateAsync(Tenant, [.. ids], Cancel);

    /// <summary>Webhook, then correlation of what it changed.</summary>
    public async Task<CorrelationOutcome> TakeAsync(params WebhookAlert[] alerts) => await CorrelateAsync((await DeliverAsync(alerts)).ChangedEpisodeIds);

    public AlertEpisode Episode(string id) => Episodes.All(Tenant).Single(e => e.Id == id);

    public IReadOnlyList<Incident> Incidents => IncidentDocuments.All(Tenant);
}

/// <summary>One alert of a webhook as Alertmanager writes it.</summary>
internal sealed record WebhookAlert(IReadOnlyDictionary<string, string> Labels, DateTimeOffset StartsAt)
{
    public DateTimeOffset? EndsAt { get; init; }

    public string Fingerprint => AlertFingerprint.Of(Labels);

    public string EpisodeId => AlertEpisode.IdOf(Fingerprint, StartsAt);

    public static WebhookAlert Firing(DateTimeOffset startsAt, params (string Name, string Value)[] labels) =>
        new(labels.ToDictionary(l => l.Name, l => l.Value), startsAt);

    public WebhookAlert Resolved(DateTimeOffset endsAt) => this with { EndsAt = endsAt };

    public static string Webhook(string? groupKey, params WebhookAlert[] alerts) => JsonSerializer.Serialize(new
    {
        version = "4",
        groupKey = groupKey ?? "{}:{}",
        truncatedAlerts = 0,
        status = "firing",
        receiver = "nightwatch",
        alerts = alerts.Select(a => new
        {
            status = a.EndsAt is null ? "firing" : "resolved",
            labels = a.Labels,
            annotations = new { summary = "s" },
            startsAt = a.StartsAt.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", System.Globalization.CultureInfo.InvariantCulture),
            endsAt = a.EndsAt?.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", System.Globalization.CultureInfo.InvariantCulture) ?? "0001-01-01T00:00:00Z",
            generatorURL = "http://prometheus/graph?g0.expr=up",
            fingerprint = a.Fingerprint,
        }),
    });
}
