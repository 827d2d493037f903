using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Incidents;

/// <summary>A window with the version to write on; the etag is null when none is stored.</summary>
internal sealed record VersionedWindow(CorrelationWindow Value, string? ETag);

/// <summary>The reads and the conditional writes of correlation; each write loop redoes only what a competitor changed first.</summary>
internal sealed class CorrelationDocuments(
    IDocuments<CorrelationWindow> windows, IDocuments<Incident> incidents, IDocuments<AlertEpisode> episodes, int maxAttempts)
{
    public async Task<VersionedWindow> ReadWindowAsync(string tenant, CancellationToken cancellationToken)
    {
        var document = await windows.ReadAsync(tenant, CorrelationWindow.Id, cancellationToken);
        return new VersionedWindow(document?.Value ?? new CorrelationWindow { Tenant = tenant }, document?.ETag);
    }

    public async Task<bool> WriteWindowAsync(string tenant, VersionedWindow read, CorrelationWindow next, CancellationToken cancellationToken)
    {
        var condition = read.ETag is null ? WriteCondition.MustNotExist : WriteCondition.IfMatch(read.ETag);
        return (await windows.WriteAsync(tenant, new DocumentWrite<CorrelationWindow>(CorrelationWindow.Id, next, condition), cancellationToken)).Written;
    }

    public async Task<IReadOnlyDictionary<string, Incident>> ReadIncidentsAsync(
        string tenant, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var read = await ReadManyAsync(tenant, ids, cancellationToken);
        return read.ToDictionary(r => r.Key, r => r.Value.Value, StringComparer.Ordinal);
    }

    /// <summary>Draws the stamped episodes' incidents from the window, and answers with them as stored.</summary>
    public async Task<IReadOnlyList<Incident>> WriteIncidentsAsync(
        string tenant, CorrelationResult result, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sources = result.Window.Incidents.ToDictionary(i => i.Id, StringComparer.Ordinal);
        var waiting = result.Stamps.Select(s => s.IncidentId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var done = new List<Incident>(waiting.Count);
        for (var attempt = 0; waiting.Count > 0; attempt++)
        {
            ThrowIfExhausted(attempt, "Incidents");
            var stored = await ReadManyAsync(tenant, waiting, cancellationToken);
            var writes = new List<DocumentWrite<Incident>>();
            foreach (var id in waiting.ToList())
            {
                var current = stored.GetValueOrDefault(id);
                var next = sources.TryGetValue(id, out var source) ? IncidentProjection.Apply(tenant, current?.Value, source, now) : null;
                if (next is not null)
                {
                    writes.Add(current is null ? DocumentWrite<Incident>.Create(id, next) : DocumentWrite<Incident>.Replace(current, next));
                    continue;
                }

                waiting.Remove(id);
                if (current is not null)
                {
                    done.Add(current.Value);
                }
            }

            var results = writes.Count == 0 ? [] : await incidents.WriteManyAsync(tenant, writes, cancellationToken);
            for (var i = 0; i < results.Count; i++)
            {
                if (results[i].Written)
                {
                    waiting.Remove(writes[i].Id);
                    done.Add(writes[i].Value);
                }
            }
        }

        return done;
    }

    /// <summary>Writes on the episodes what was decided for them.</summary>
    public async Task WriteEpisodesAsync(string tenant, IReadOnlyList<EpisodeStamp> stamps, CorrelationWork work, CancellationToken cancellationToken)
    {
        var inputs = work.Inputs.ToDictionary(i => i.Episode.Id, StringComparer.Ordinal);
        var waiting = stamps.ToDictionary(s => s.EpisodeId, StringComparer.Ordinal);
        var current = work.Loaded;
        for (var attempt = 0; waiting.Count > 0; attempt++)
        {
            ThrowIfExhausted(attempt, "Episodes");
            if (attempt > 0)
            {
                current = await episodes.ReadManyAsync(tenant, waiting.Keys, cancellationToken);
            }

            var writes = new List<DocumentWrite<AlertEpisode>>();
            foreach (var stamp in waiting.Values.ToList())
            {
                var document = current.GetValueOrDefault(stamp.EpisodeId);
                var next = document is null ? null : Stamped(document.Value, stamp, inputs[stamp.EpisodeId]);
                if (next is null)
                {
                    waiting.Remove(stamp.EpisodeId);
                }
                else
                {
                    writes.Add(DocumentWrite<AlertEpisode>.Replace(document!, next));
                }
            }

            var results = writes.Count == 0 ? [] : await episodes.WriteManyAsync(tenant, writes, cancellationToken);
            for (var i = 0; i < results.Count; i++)
            {
                if (results[i].Written)
                {
                    waiting.Remove(writes[i].Id);
                }
            }
        }
    }

    /// <summary>Null when the episode says it already, or a later decision.</summary>
    private static AlertEpisode? Stamped(AlertEpisode episode, EpisodeStamp stamp, EpisodeInput input)
    {
        if (episode.CorrelationRevision > stamp.Revision)
        {
            return null;
        }

        // A delivery or the reconciler may have changed it meanwhile; then it stays received and is taken again.
        var isUnchanged = episode.Status == stamp.CountedAs && episode.ChangedAt == input.Episode.ChangedAt;
        var next = episode with
        {
            Stage = isUnchanged ? EpisodeStage.Correlated : EpisodeStage.Received,
            IncidentId = stamp.IncidentId,
            JoinedBecause = stamp.JoinedBecause,
            CountedAs = stamp.IncidentId is null ? null : stamp.CountedAs,
            CorrelationRevision = stamp.Revision,
            Suppression = isUnchanged ? input.Suppression : episode.Suppression,
            RecentEpisodes = input.Episode.RecentEpisodes,
            Flapping = input.Episode.Flapping,
        };
        return next == episode ? null : next;
    }

    private void ThrowIfExhausted(int attempt, string what)
    {
        if (attempt == maxAttempts)
        {
            throw new StoreUnavailableException($"{what} were changed by others {attempt} times in a row.");
        }
    }

    private async Task<IReadOnlyDictionary<string, Document<Incident>>> ReadManyAsync(
        string tenant, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        if (ids.Count <= DocumentQuery.MaxPageSize)
        {
            return ids.Count == 0 ? new Dictionary<string, Document<Incident>>() : await incidents.ReadManyAsync(tenant, ids, cancellationToken);
        }

        var read = new Dictionary<string, Document<Incident>>(StringComparer.Ordinal);
        foreach (var chunk in ids.Chunk(DocumentQuery.MaxPageSize))
        {
            foreach (var (id, document) in await incidents.ReadManyAsync(tenant, chunk, cancellationToken))
            {
                read[id] = document;
            }
        }

        return read;
    }
}
