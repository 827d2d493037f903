using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Alerts;

/// <summary>Finds acknowledged episodes that correlation has not taken: their queue message was lost, or the process died.</summary>
public sealed class FindUnqueuedEpisodes(IDocuments<AlertEpisode> episodes, TimeProvider time)
{
    /// <summary>
    /// Ids of episodes that have waited longer than <paramref name="olderThan"/>, the oldest first. One that is further than that in the future was stored by a
    /// clock that was wrong: it would wait until that time comes, so it counts as well.
    /// </summary>
    /// <param name="max">At most so many, 1 to 1000.</param>
    /// <exception cref="ArgumentException"><paramref name="max"/> is out of range or <paramref name="olderThan"/> is negative.</exception>
    public async Task<IReadOnlyList<string>> ListAsync(string tenant, TimeSpan olderThan, int max, CancellationToken cancellationToken)
    {
        ListArguments.Check(max);
        ArgumentOutOfRangeException.ThrowIfLessThan(olderThan, TimeSpan.Zero);
        var now = time.GetUtcNow();
        // What is received and young is on its way and soon gone: the page is no longer for it, and one walk of the index finds both ends.
        var query = new DocumentQuery { Where = [FieldFilter.Equal("stage", "received")], OrderBy = "changedAt", PageSize = max };
        return
        [
            .. (await episodes.QueryAsync(tenant, query, cancellationToken)).Documents
                .Where(d => d.Value.ChangedAt < now - olderThan || d.Value.ChangedAt > now + olderThan).Select(d => d.Id),
        ];
    }
}
