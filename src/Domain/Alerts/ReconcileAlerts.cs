using Microsoft.Extensions.Options;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Alerts;

public sealed class ReconcileOptions
{
    /// <summary>
    /// How long an open alert must be missing from every source before it is closed; longer than an Alertmanager needs to be told again after a restart.
    /// </summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Open episodes of senders that cannot be asked (Grafana, generic) are closed after this time; null leaves them open until they resolve.
    /// </summary>
    public TimeSpan? ExpireUnpolledAfter { get; set; }

    /// <summary>Open episodes looked at in one run.</summary>
    public int MaxOpenEpisodes { get; set; } = 50_000;

    /// <summary>Alerts taken from one source in one run.</summary>
    public int MaxSourceAlerts { get; set; } = 50_000;
}

/// <summary>What a run changed.</summary>
public sealed record ReconcileOutcome
{
    /// <summary>Episodes to be queued for correlation.</summary>
    public IReadOnlyList<string> ChangedEpisodeIds { get; init; } = [];

    public int Opened { get; init; }

    public int Reopened { get; init; }

    public int Closed { get; init; }

    /// <summary>Sources that did not answer; nothing was closed for them.</summary>
    public IReadOnlyList<string> UnreachableSources { get; init; } = [];
}

/// <summary>
/// Compares the open episodes with what the alerting systems hold now. It repairs what webhooks cannot tell: a silenced alert that resolves, a webhook that
/// was refused, an alert whose resolve came too early. A source that is down changes nothing.
/// </summary>
public sealed class ReconcileAlerts(
    IDocuments<AlertEpisode> episodes,
    IDatasources sources,
    CurrentSuppressions suppressions,
    RaiseFinding findings,
    IOptions<ReconcileOptions> options,
    TimeProvider time)
{
    private const int PageSize = 500;

    /// <exception cref="StoreUnavailableException">Part of it may be done; run it again.</exception>
    public async Task<ReconcileOutcome> ReconcileAsync(string tenant, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tenant);
        var held = await AskAsync(tenant, cancellationToken);
        var decision = new ReconcileDecision(held, await suppressions.ReadAsync(tenant, cancellationToken), options.Value, time.GetUtcNow());
        var changed = new List<string>();
        var (open, closed) = await GoThroughOpenAsync(tenant, decision, changed, cancellationToken);
        var (opened, reopened) = await TakeUnknownAsync(tenant, decision, open, changed, cancellationToken);
        return new ReconcileOutcome
        {
            ChangedEpisodeIds = changed,
            Opened = opened,
            Reopened = reopened,
            Closed = closed,
            UnreachableSources = held.Unreachable,
        };
    }

    private async Task<HeldAlerts> AskAsync(string tenant, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var byFingerprint = new Dictionary<string, ActiveAlert>(StringComparer.Ordinal);
        var silences = new Dictionary<string, AlertSilence>(StringComparer.Ordinal);
        var unreachable = new List<string>();
        var own = await sources.ListAsync<IAlertSource>(tenant, cancellationToken);
        foreach (var source in own)
        {
            try
            {
                var alerts = await source.ListAlertsAsync(cancellationToken);
                foreach (var silence in await source.ListSilencesAsync(cancellationToken))
                {
                    silences[silence.Id] = silence;
                }

                foreach (var alert in alerts.Take(options.Value.MaxSourceAlerts).Where(a => a.EndsAt > now || a.EndsAt < a.StartsAt))
                {
                    // Of several sources that hold it, the one that heard of it last counts.
                    if (!byFingerprint.TryGetValue(alert.Fingerprint, out var other) || other.UpdatedAt < alert.UpdatedAt)
                    {
                        byFingerprint[alert.Fingerprint] = alert;
                    }
                }

                if (alerts.Count > options.Value.MaxSourceAlerts)
                {
                    await findings.RaiseAsync(
                        tenant,
                        FindingKinds.AlertSourceOverflow,
                        source.Name,
                        $"{source.Name} holds {alerts.Count} alerts; {options.Value.MaxSourceAlerts} were looked at.",
                        cancellationToken);
                    unreachable.Add(source.Name);
                }
            }
            catch (SourceException e)
            {
                unreachable.Add(source.Name);
                await findings.RaiseAsync(
                    tenant,
                    FindingKinds.AlertSourceUnreachable,
                    source.Name,
                    $"{source.Name} could not be asked for its alerts: {e.Message}",
                    cancellationToken);
            }
        }

        return new HeldAlerts(byFingerprint, silences, unreachable, own.Count > 0);
    }

    /// <summary>Closes, marks and re-judges the open episodes; answers with the start of each alert that is open.</summary>
    private async Task<(Dictionary<string, DateTimeOffset> Open, int Closed)> GoThroughOpenAsync(
        string tenant, ReconcileDecision decision, List<string> changed, CancellationToken cancellationToken)
    {
        var open = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var query = new DocumentQuery { Where = [FieldFilter.Equal("status", "firing")], OrderBy = "startsAt", PageSize = PageSize };
        var (seen, closed) = (0, 0);
        do
        {
            var page = await episodes.QueryAsync(tenant, query, cancellationToken);
            var writes = new List<DocumentWrite<AlertEpisode>>();
            foreach (var document in page.Documents)
            {
                open[document.Value.Fingerprint] = document.Value.StartsAt;
                if (decision.Judge(document.Value) is { } next)
                {
                    writes.Add(DocumentWrite<AlertEpisode>.Replace(document, next));
                }
            }

            // What somebody changed first is judged anew by the next run.
            foreach (var written in await WriteAsync(tenant, writes, cancellationToken))
            {
                closed += written.Status == AlertStatus.Resolved ? 1 : 0;
                if (written.Stage == EpisodeStage.Received)
                {
                    changed.Add(written.Id);
                }
            }

            seen += page.Documents.Count;
            query = query with { ContinuationToken = page.ContinuationToken };
        }
        while (query.ContinuationToken is not null && seen < options.Value.MaxOpenEpisodes);

        return (open, closed);
    }

    /// <summary>Opens what the sources hold and nobody told us of; reopens what was closed too early.</summary>
    private async Task<(int Opened, int Reopened)> TakeUnknownAsync(
        string tenant, ReconcileDecision decision, Dictionary<string, DateTimeOffset> open, List<string> changed, CancellationToken cancellationToken)
    {
        var (opened, reopened) = (0, 0);
        var unknown = decision.Held.Active.Values.Where(
            a => !open.TryGetValue(a.Fingerprint, out var start) || AlertEpisode.MillisecondsOf(start) < AlertEpisode.MillisecondsOf(a.StartsAt));
        foreach (var chunk in unknown.Chunk(PageSize))
        {
            var byId = chunk.ToDictionary(a => AlertEpisode.IdOf(a.Fingerprint, a.StartsAt), StringComparer.Ordinal);
            var known = await episodes.ReadManyAsync(tenant, byId.Keys, cancellationToken);
            var writes = new List<DocumentWrite<AlertEpisode>>();
            foreach (var (id, alert) in byId)
            {
                if (!known.TryGetValue(id, out var document))
                {
                    writes.Add(DocumentWrite<AlertEpisode>.Create(id, decision.Open(tenant, alert)));
                }
                else if (decision.Reopen(document.Value, alert) is { } next)
                {
                    writes.Add(DocumentWrite<AlertEpisode>.Replace(document, next));
                }
            }

            foreach (var written in await WriteAsync(tenant, writes, cancellationToken))
            {
                var isNew = !known.ContainsKey(written.Id);
                opened += isNew ? 1 : 0;
                reopened += isNew ? 0 : 1;
                changed.Add(written.Id);
            }
        }

        return (opened, reopened);
    }

    private async Task<List<AlertEpisode>> WriteAsync(string tenant, List<DocumentWrite<AlertEpisode>> writes, CancellationToken cancellationToken)
    {
        if (writes.Count == 0)
        {
            return [];
        }

        var results = await episodes.WriteManyAsync(tenant, writes, cancellationToken);
        return [.. writes.Where((_, i) => results[i].Written).Select(w => w.Value)];
    }
}
