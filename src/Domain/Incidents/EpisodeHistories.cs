using System.Collections.Concurrent;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Incidents;

/// <summary>
/// The newest episodes of each alert, oldest first, after those that a newer one supersedes were closed. One query per alert, whatever is stored.
/// </summary>
internal sealed class EpisodeHistories(IDocuments<AlertEpisode> episodes)
{
    /// <summary>Enough to recognise flapping and to find the neighbour of a late delivery.</summary>
    private const int Newest = 50;

    private const int QueriesAtOnce = 8;

    /// <summary>Null when a competitor changed an episode first; start again.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<Document<AlertEpisode>>>?> ReadAsync(
        string tenant, IReadOnlyCollection<string> fingerprints, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var read = new ConcurrentDictionary<string, Document<AlertEpisode>[]>(StringComparer.Ordinal);
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = QueriesAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(fingerprints, atOnce, async (fingerprint, cancel) =>
        {
            var query = new DocumentQuery
            {
                Where = [FieldFilter.Equal("fingerprint", fingerprint)],
                OrderBy = "startsAt",
                Descending = true,
                PageSize = Newest,
            };
            read[fingerprint] = [.. (await episodes.QueryAsync(tenant, query, cancel)).Documents.Reverse()];
        });
        return await CloseSupersededAsync(tenant, read, now, cancellationToken)
            ? read.ToDictionary(r => r.Key, IReadOnlyList<Document<AlertEpisode>> (r) => r.Value, StringComparer.Ordinal)
            : null;
    }

    /// <summary>The episode as it must be when a newer one of the same alert began at <paramref name="nextStart"/>, or null when it is that already.</summary>
    public static AlertEpisode? Supersede(AlertEpisode episode, DateTimeOffset nextStart, DateTimeOffset now)
    {
        var isOpen = episode.Status == AlertStatus.Firing;
        var endsTooLate = episode.ClosedBecause == ClosedReasons.Superseded && episode.EndsAt > nextStart;
        return isOpen || endsTooLate ? EpisodeTransition.Close(episode, nextStart, ClosedReasons.Superseded, now) : null;
    }

    private async Task<bool> CloseSupersededAsync(
        string tenant, ConcurrentDictionary<string, Document<AlertEpisode>[]> read, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var writes = new List<DocumentWrite<AlertEpisode>>();
        var places = new List<(Document<AlertEpisode>[] History, int Index)>();
        foreach (var history in read.Values)
        {
            for (var i = 0; i + 1 < history.Length; i++)
            {
                if (Supersede(history[i].Value, history[i + 1].Value.StartsAt, now) is { } closed)
                {
                    writes.Add(DocumentWrite<AlertEpisode>.Replace(history[i], closed));
                    places.Add((history, i));
                }
            }
        }

        if (writes.Count == 0)
        {
            return true;
        }

        var results = await episodes.WriteManyAsync(tenant, writes, cancellationToken);
        for (var i = 0; i < results.Count; i++)
        {
            var (history, index) = places[i];
            if (!results[i].Written)
            {
                return false;
            }

            history[index] = history[index] with { ETag = results[i].ETag!, Value = writes[i].Value };
        }

        return true;
    }
}
