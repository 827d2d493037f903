using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Alerts;

/// <summary>
/// Keeps the reconciler from queueing for ever what always fails: episodes whose message became a dead letter are set aside, until they change or a person
/// sends the letter back.
/// </summary>
public sealed class SetAsideEpisodes(IDocuments<AlertEpisode> episodes, TimeProvider time)
{
    /// <summary>A competitor's write is a change that wins; so many of them in a row are left to it.</summary>
    private const int MaxAttempts = 3;

    /// <summary>What was changed further in the future than this was not changed since: its clock was wrong. Clocks that are right differ by less.</summary>
    private static readonly TimeSpan ClockError = TimeSpan.FromMinutes(1);

    /// <summary>Those that nobody has taken and that have not changed since the message was sent.</summary>
    /// <exception cref="StoreUnavailableException">Some may be set aside; call again.</exception>
    public Task SetAsideAsync(string tenant, IReadOnlyList<string> ids, DateTimeOffset sentAt, CancellationToken cancellationToken) => ChangeAsync(
        tenant,
        ids,
        e => e.Stage == EpisodeStage.Received && (e.ChangedAt <= sentAt || e.ChangedAt > time.GetUtcNow() + ClockError) ? e with { Stage = EpisodeStage.SetAside } : null,
        cancellationToken);

    /// <summary>Those that were set aside are received again, as of now.</summary>
    /// <exception cref="StoreUnavailableException">Some may be back; call again.</exception>
    public Task ReturnAsync(string tenant, IReadOnlyList<string> ids, CancellationToken cancellationToken) => ChangeAsync(
        tenant, ids, e => e.Stage == EpisodeStage.SetAside ? e with { Stage = EpisodeStage.Received, ChangedAt = time.GetUtcNow() } : null, cancellationToken);

    private async Task ChangeAsync(string tenant, IReadOnlyList<string> ids, Func<AlertEpisode, AlertEpisode?> change, CancellationToken cancellationToken)
    {
        foreach (var chunk in ids.Distinct(StringComparer.Ordinal).Chunk(DocumentQuery.MaxPageSize))
        {
            var left = chunk;
            for (var attempt = 0; attempt < MaxAttempts && left.Length > 0; attempt++)
            {
                var writes = (await episodes.ReadManyAsync(tenant, left, cancellationToken)).Values
                    .Select(d => change(d.Value) is { } next ? DocumentWrite<AlertEpisode>.Replace(d, next) : null)
                    .OfType<DocumentWrite<AlertEpisode>>().ToList();
                var results = writes.Count == 0 ? [] : await episodes.WriteManyAsync(tenant, writes, cancellationToken);
                left = [.. writes.Where((_, i) => !results[i].Written).Select(w => w.Id)];
            }
        }
    }
}
