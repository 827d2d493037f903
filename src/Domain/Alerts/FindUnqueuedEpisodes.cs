using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Alerts;

/// <summary>Finds acknowledged episodes that correlation has not taken: their queue message was lost, or the process died.</summary>
public sealed class FindUnqueuedEpisodes(IDocuments<AlertEpisode> episodes, TimeProvider time)
{
    /// <summary>Ids of episodes that have waited longer than <paramref name="olderThan"/>, the oldest first.</summary>
    /// <param name="max">At most so many, 1 to 1000.</param>
    /// <exception cref="ArgumentException"><paramref name="max"/> is out of range or <paramref name="olderThan"/> is negative.</exception>
    public async Task<IReadOnlyList<string>> ListAsync(string tenant, TimeSpan olderThan, int max, CancellationToken cancellationToken)
    {
        ListArguments.Check(max);
        ArgumentOutOfRangeException.ThrowIfLessThan(olderThan, TimeSpan.Zero);
        var query = new DocumentQuery
        {
            Where = [FieldFilter.Equal("stage", "received"), FieldFilter.Below("changedAt", time.GetUtcNow() - olderThan)],
            OrderBy = "changedAt",
            PageSize = max,
        };
        return [.. (await episodes.QueryAsync(tenant, query, cancellationToken)).Documents.Select(d => d.Id)];
    }
}
