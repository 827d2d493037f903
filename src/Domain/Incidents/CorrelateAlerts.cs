using Microsoft.Extensions.Options;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Incidents;

/// <summary>
/// Puts episodes into incidents. Writes go out in the order window, incidents, episodes; the first is the decision, the others are drawn from it and can be
/// drawn again. So it may die anywhere, be repeated, and run in several processes: an episode gets one incident, and every incident has its document.
/// </summary>
public sealed class CorrelateAlerts(
    IDocuments<CorrelationWindow> windows,
    IDocuments<Incident> incidents,
    IDocuments<AlertEpisode> episodes,
    CurrentSuppressions suppressions,
    IAnalysisRules rules,
    IOptions<CorrelationOptions> options,
    TimeProvider time)
{
    private const int Stripes = 16;

    // Only spares conflicts between callers in this process; correctness rests on the window's etag.
    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly CorrelationDocuments documents = new(windows, incidents, episodes, options.Value.MaxAttempts);
    private readonly EpisodeHistories histories = new(episodes);

    /// <exception cref="StoreUnavailableException">Part of the work may be stored; call again with the same ids.</exception>
    public async Task<CorrelationOutcome> CorrelateAsync(string tenant, IReadOnlyCollection<string> episodeIds, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tenant);
        var silenced = await suppressions.ReadAsync(tenant, cancellationToken);
        var outcome = new Dictionary<string, CorrelatedIncident>(StringComparer.Ordinal);
        foreach (var chunk in episodeIds.Distinct(StringComparer.Ordinal).Chunk(options.Value.BatchSize))
        {
            var turn = turns[(tenant.GetHashCode(StringComparison.Ordinal) & int.MaxValue) % Stripes];
            await turn.WaitAsync(cancellationToken);
            try
            {
                foreach (var incident in await CorrelateChunkAsync(tenant, chunk, silenced, cancellationToken))
                {
                    var opened = incident.Opened || (outcome.TryGetValue(incident.IncidentId, out var earlier) && earlier.Opened);
                    outcome[incident.IncidentId] = incident with { Opened = opened };
                }
            }
            finally
            {
                turn.Release();
            }
        }

        return new CorrelationOutcome { Incidents = [.. outcome.Values] };
    }

    private async Task<IReadOnlyList<CorrelatedIncident>> CorrelateChunkAsync(string tenant, string[] ids, Suppressions silenced, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < options.Value.MaxAttempts; attempt++)
        {
            var window = await documents.ReadWindowAsync(tenant, cancellationToken);
            var work = await GatherAsync(tenant, ids, window.Value, silenced, cancellationToken);
            if (work is null)
            {
                continue;
            }

            var result = CorrelationDecision.Decide(window.Value, work.Inputs, work.Stored, work.Settled, options.Value, time.GetUtcNow());
            if (result.IsChanged && !await documents.WriteWindowAsync(tenant, window, result.Window, cancellationToken))
            {
                continue;
            }

            var written = await documents.WriteIncidentsAsync(tenant, result, time.GetUtcNow(), cancellationToken);
            await documents.WriteEpisodesAsync(tenant, result.Stamps, work, cancellationToken);
            return [.. written.Select(i => new CorrelatedIncident(
                i.Id, result.OpenedIncidentIds.Contains(i.Id), i.Status == IncidentStatus.Resolved, i.InvestigationState == InvestigationState.Wanted))];
        }

        throw new StoreUnavailableException($"The correlation window of {tenant} was changed by others {options.Value.MaxAttempts} times in a row.");
    }

    /// <summary>Reads all that the decision needs; null when a competitor was faster.</summary>
    private async Task<CorrelationWork?> GatherAsync(string tenant, string[] ids, CorrelationWindow window, Suppressions silenced, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var loaded = new Dictionary<string, Document<AlertEpisode>>(StringComparer.Ordinal);
        foreach (var chunk in ids.Union(window.Pending.Keys, StringComparer.Ordinal).Chunk(DocumentQuery.MaxPageSize))
        {
            foreach (var (id, document) in await episodes.ReadManyAsync(tenant, chunk, cancellationToken))
            {
                loaded[id] = document;
            }
        }

        var wanted = ids.Where(loaded.ContainsKey).ToHashSet(StringComparer.Ordinal);
        var unplaced = wanted.Select(id => loaded[id].Value).Where(e => e.CountedAs is null && !window.Pending.ContainsKey(e.Id)).Select(e => e.Fingerprint).ToHashSet(StringComparer.Ordinal);
        var history = await histories.ReadAsync(tenant, unplaced, now, cancellationToken);
        if (history is null)
        {
            return null;
        }

        foreach (var document in history.Values.SelectMany(h => h))
        {
            var known = loaded.GetValueOrDefault(document.Id);
            loaded[document.Id] = document;
            if (document.Value.Stage == EpisodeStage.Received && document.Value.ClosedBecause == ClosedReasons.Superseded && known?.ETag != document.ETag)
            {
                wanted.Add(document.Id);
            }
        }

        var settled = window.Pending.Where(p => !loaded.TryGetValue(p.Key, out var e) || e.Value.CorrelationRevision >= p.Value.Revision).Select(p => p.Key).ToList();
        var rulesNow = rules.For(tenant);
        var inputs = wanted.Select(id => InputOf(loaded[id].Value, history, window, silenced, rulesNow, now)).ToList();
        var stored = await documents.ReadIncidentsAsync(tenant, IncidentIds(inputs, window), cancellationToken);
        return new CorrelationWork(inputs, loaded, settled, stored);
    }

    private EpisodeInput InputOf(
        AlertEpisode episode,
        IReadOnlyDictionary<string, IReadOnlyList<Document<AlertEpisode>>> histories,
        CorrelationWindow window,
        Suppressions silenced,
        AnalysisRules rulesNow,
        DateTimeOffset now)
    {
        var history = histories.TryGetValue(episode.Fingerprint, out var found) ? found : [];
        var since = episode.StartsAt - options.Value.FlappingWindow;
        var recent = Math.Max(1, history.Count(d => d.Value.StartsAt > since && d.Value.StartsAt <= episode.StartsAt));
        var isFlapping = recent >= options.Value.FlappingEpisodes;
        var isPlaced = history.Count == 0 || episode.CountedAs is not null;
        return new EpisodeInput
        {
            Episode = isPlaced ? episode : episode with { RecentEpisodes = recent, Flapping = isFlapping },
            Analysis = rulesNow.Decide(episode, now),
            Suppression = episode.Status == AlertStatus.Firing ? silenced.Find(episode.Labels, now) ?? episode.Suppression : episode.Suppression,
            PreviousIncidentId = isPlaced ? null : PreviousIncident(episode, history, window),
            Flapping = isFlapping,
        };
    }

    private static string? PreviousIncident(AlertEpisode episode, IReadOnlyList<Document<AlertEpisode>> history, CorrelationWindow window)
    {
        string? IncidentOf(Document<AlertEpisode> d) => window.Pending.GetValueOrDefault(d.Id)?.IncidentId ?? d.Value.IncidentId;
        return history.Where(d => d.Value.StartsAt < episode.StartsAt).Reverse().Select(IncidentOf).FirstOrDefault(id => id is not null)
            ?? history.Where(d => d.Value.StartsAt > episode.StartsAt).Select(IncidentOf).FirstOrDefault(id => id is not null);
    }

    private static HashSet<string> IncidentIds(List<EpisodeInput> inputs, CorrelationWindow window)
    {
        var ids = inputs.SelectMany(i => new[] { i.Episode.IncidentId, i.PreviousIncidentId }).OfType<string>().ToHashSet(StringComparer.Ordinal);
        ids.ExceptWith(window.Incidents.Select(i => i.Id));
        return ids;
    }
}

/// <summary>What one round of correlation works on.</summary>
internal sealed record CorrelationWork(
    IReadOnlyList<EpisodeInput> Inputs,
    IReadOnlyDictionary<string, Document<AlertEpisode>> Loaded,
    IReadOnlyCollection<string> Settled,
    IReadOnlyDictionary<string, Incident> Stored);
