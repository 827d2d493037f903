namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>
/// What sources answered, in this process' memory: a loss costs time only. Each question is on its way to a source once at a time; errors are kept for nobody
/// but those who wait for them.
/// </summary>
public sealed class QueryCache(QueryCacheOptions options, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly CacheContents contents = new(options.MaxBytes);
    private readonly Dictionary<string, DateTimeOffset> asked = new(StringComparer.Ordinal);
    private (long Entries, long Bytes, long Evicted) told;

    public QueryCacheOptions Options => options;

    /// <summary>Values kept.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return contents.Count;
            }
        }
    }

    /// <summary>Estimated bytes of the values kept.</summary>
    public long Bytes
    {
        get
        {
            lock (gate)
            {
                return contents.Bytes;
            }
        }
    }

    internal bool IsSettled(DateTimeOffset end) => options.IsSettled(end, time.GetUtcNow());

    /// <param name="load">Asks the source. It may go on for others after the asker gave up.</param>
    /// <exception cref="SourceException">The source failed, and no value may stand in for it.</exception>
    internal async Task<CachedValue<T>> GetAsync<T>(
        CacheQuestion<T> question, CacheUse use, Func<CancellationToken, Task<T>> load, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (hit, old, flight) = Look(question, use, load, now);
        if (hit is not null)
        {
            QueryCacheTelemetry.Count(question.Kind, "hit");
            return new((T)hit.Value!, null);
        }

        try
        {
            return new(await flight!.WaitAsync(cancellationToken).ConfigureAwait(false), null);
        }
        catch (SourceException exception) when (use == CacheUse.Person && old is not null && MayStandIn(old, exception, time.GetUtcNow()))
        {
            QueryCacheTelemetry.Count(question.Kind, "stale");
            return new((T)old.Value!, CacheMark.Note(question.Partition.Source, old.StoredAt));
        }
    }

    internal void Drop(CachePartition partition)
    {
        lock (gate)
        {
            contents.Drop(partition);
            Tell();
        }
    }

    /// <summary>
    /// What is worth loading before somebody asks: of tenants that asked within the hour, metadata in use and settled values asked at least twice since they were
    /// loaded, that end before then. The most asked first. What is keyed on a window of the present is not among them: the next question has another window.
    /// </summary>
    internal IReadOnlyList<CacheEntry> Due(DateTimeOffset before, int most)
    {
        var hour = time.GetUtcNow().AddHours(-1);
        lock (gate)
        {
            return
            [
                .. contents.All
                    .Where(e => e.FreshUntil <= before && asked.GetValueOrDefault(e.Partition.Tenant) >= hour)
                    .Where(e => e.Kind is CacheKind.Metadata or CacheKind.Rules ? e.Key.End == 0 && e.LastUse >= hour : e.Kind == CacheKind.Settled && e.Hits >= 2)
                    .OrderByDescending(e => e.Hits)
                    .ThenByDescending(e => e.LastUse)
                    .Take(most),
            ];
        }
    }

    private (CacheEntry? Hit, CacheEntry? Old, CacheFlight<T>? Flight) Look<T>(
        CacheQuestion<T> question, CacheUse use, Func<CancellationToken, Task<T>> load, DateTimeOffset now)
    {
        lock (gate)
        {
            asked[question.Partition.Tenant] = now;
            var found = CacheContents.Find(question.Partition, question.Key);
            if (found is not null)
            {
                found.LastUse = now;
                contents.Touch(found);
                if (now < found.FreshUntil && (use == CacheUse.Person || (question.Kind is CacheKind.Settled or CacheKind.Metadata && found.Kind == question.Kind)))
                {
                    found.Hits++;
                    return (found, null, null);
                }
            }

            return (null, found, Join(question, load));
        }
    }

    /// <summary>Under the lock.</summary>
    private CacheFlight<T> Join<T>(CacheQuestion<T> question, Func<CancellationToken, Task<T>> load)
    {
        var flights = question.Partition.Flights;
        if (flights.GetValueOrDefault(question.Key) is CacheFlight<T> known && known.TryJoin())
        {
            QueryCacheTelemetry.Count(question.Kind, "shared");
            return known;
        }

        CacheFlight<T>? flight = null;
        flight = new CacheFlight<T>(token => LoadAsync(question, flight!, load, token));
        flight.TryJoin();
        flights[question.Key] = flight;
        QueryCacheTelemetry.Count(question.Kind, "miss");
        return flight;
    }

    private async Task<T> LoadAsync<T>(CacheQuestion<T> question, CacheFlight<T> flight, Func<CancellationToken, Task<T>> load, CancellationToken cancellationToken)
    {
        // The age of a value counts from the question: the source may have looked before it answered.
        var began = time.GetUtcNow();
        CacheEntry? entry = null;
        try
        {
            var value = await load(cancellationToken).ConfigureAwait(false);
            entry = value is null ? null : EntryOf(question, value, load, began);
            return value;
        }
        finally
        {
            lock (gate)
            {
                if (question.Partition.Flights.GetValueOrDefault(question.Key) == flight)
                {
                    question.Partition.Flights.Remove(question.Key);
                }

                if (entry is not null)
                {
                    contents.Put(entry);
                    Tell();
                }
            }
        }
    }

    private CacheEntry EntryOf<T>(CacheQuestion<T> question, T value, Func<CancellationToken, Task<T>> load, DateTimeOffset began)
    {
        var size = question.SizeOf(value);
        var keep = question.Kind switch
        {
            // What is empty or comes with a warning may be whole with the next question.
            _ when !size.IsWhole => options.Present,
            CacheKind.Settled => options.Past,
            CacheKind.Present => options.Present,
            _ => options.Metadata,
        };
        return new CacheEntry
        {
            Partition = question.Partition,
            Key = question.Key,
            Kind = question.Kind,
            Value = value,
            StoredAt = began,
            FreshUntil = began + keep,
            LastUse = began,
            Bytes = CacheContents.BytesOf(question.Key, size.Bytes),
            Refresh = token => RefreshAsync(question, load, token),
        };
    }

    private Task<T> RefreshAsync<T>(CacheQuestion<T> question, Func<CancellationToken, Task<T>> load, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Join(question, load).WaitAsync(cancellationToken);
        }
    }

    private bool MayStandIn(CacheEntry old, SourceException exception, DateTimeOffset now) =>
        exception.Failure is SourceFailure.Unavailable or SourceFailure.Timeout && now - old.StoredAt <= options.StaleFor;

    private void Tell()
    {
        var now = (contents.Count, contents.Bytes, contents.Evicted);
        QueryCacheTelemetry.Changed(now.Count - told.Entries, now.Bytes - told.Bytes, now.Evicted - told.Evicted);
        told = now;
    }
}
