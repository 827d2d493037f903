namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>The way of one source to the cache.</summary>
internal sealed class CacheAccess(QueryCache cache, CachePartition partition, CacheUse use)
{
    /// <summary>Windows of metadata that touch the present count as the same within this time; metadata is kept for longer than that anyway.</summary>
    private static readonly TimeSpan MetadataGrid = TimeSpan.FromMinutes(5);

    public CacheUse Use => use;

    public CacheAccess ForJudgement() => new(cache, partition, CacheUse.Judgement);

    public CacheKind KindOf(CanonicalQuery query, DateTimeOffset end) => query.LooksBackOnly && cache.IsSettled(end) ? CacheKind.Settled : CacheKind.Present;

    /// <summary>Start, end and kind for what there was in a window: exact for a settled one, and for Nightwatch's own judgements.</summary>
    public (long Start, long End, CacheKind Kind) MetadataWindow(TimeWindow window) =>
        cache.IsSettled(window.End) ? (window.Start.UtcTicks, window.End.UtcTicks, CacheKind.Metadata)
        : use == CacheUse.Judgement ? (window.Start.UtcTicks, window.End.UtcTicks, CacheKind.Rules)
        : (Floor(window.Start), Floor(window.End), CacheKind.Rules);

    public Task<CachedValue<T>> GetAsync<T>(
        CacheKey key, CacheKind kind, Func<T, ValueSize> size, Func<CancellationToken, Task<T>> load, CancellationToken cancellationToken) =>
        cache.GetAsync(new CacheQuestion<T>(partition, key, kind, size), use, load, cancellationToken);

    public async Task<MetricAnswer<T>> AnswerAsync<T>(
        CacheKey key, CacheKind kind, Func<MetricAnswer<T>, ValueSize> size, Func<CancellationToken, Task<MetricAnswer<T>>> load, CancellationToken cancellationToken)
    {
        var (answer, mark) = await GetAsync(key, kind, size, load, cancellationToken).ConfigureAwait(false);
        return mark is null ? answer : answer with { Notes = [mark, .. answer.Notes] };
    }

    public async Task<IReadOnlyList<T>> ListAsync<T>(
        CacheKey key, CacheKind kind, Func<IReadOnlyList<T>, ValueSize> size, Func<CancellationToken, Task<IReadOnlyList<T>>> load, CancellationToken cancellationToken)
    {
        var (list, mark) = await GetAsync(key, kind, size, load, cancellationToken).ConfigureAwait(false);
        return mark is null ? list : CacheMark.Mark(list, mark);
    }

    private static long Floor(DateTimeOffset at) => at.UtcTicks - (at.UtcTicks % MetadataGrid.Ticks);
}
