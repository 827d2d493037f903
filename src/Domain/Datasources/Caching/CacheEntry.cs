namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>Everything kept of one source. A source that was changed is another partition.</summary>
internal sealed class CachePartition(string tenant, string source)
{
    public string Tenant => tenant;

    /// <summary>Name of the source, for the mark.</summary>
    public string Source => source;

    /// <summary>Set when the source is gone: what is still under way for it is not kept.</summary>
    public bool IsDropped { get; set; }

    public Dictionary<CacheKey, CacheEntry> Entries { get; } = [];

    /// <summary>What is on its way to the source.</summary>
    public Dictionary<CacheKey, ICacheFlight> Flights { get; } = [];
}

/// <summary>What was asked: the kind of call with its canonical query and the times and limits that change its answer.</summary>
internal readonly record struct CacheKey(string Call, string Text, long Start = 0, long End = 0, long Step = 0);

/// <summary>A value as it was loaded. Fields change under the cache's lock only.</summary>
internal sealed class CacheEntry
{
    public required CachePartition Partition { get; init; }

    public required CacheKey Key { get; init; }

    public required CacheKind Kind { get; init; }

    public required object? Value { get; init; }

    public required DateTimeOffset StoredAt { get; init; }

    public required DateTimeOffset FreshUntil { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Loads the value again and puts it in this one's place.</summary>
    public required Func<CancellationToken, Task> Refresh { get; init; }

    /// <summary>Since it was loaded.</summary>
    public int Hits { get; set; }

    public DateTimeOffset LastUse { get; set; }

    /// <summary>Place in the order of use of its tenant.</summary>
    public LinkedListNode<CacheEntry>? Node { get; set; }
}

/// <summary>A value out of the cache or fresh from the source.</summary>
/// <param name="Mark">Not null when it is an old one in place of a source that is down.</param>
internal readonly record struct CachedValue<T>(T Value, string? Mark);
