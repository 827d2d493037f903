using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Queries.Asking.Catalogues;

/// <summary>
/// Catalogues by source. The first question waits for its catalogue; later ones are served with what is there, and the first of them that finds it old has it
/// read anew in the background. A source that is down keeps its old catalogue, which then says so. At most so many are kept; the one longest unused goes.
/// </summary>
internal sealed class CatalogueCache<T>(TimeProvider time, TimeSpan timeToLive, int capacity)
    where T : class
{
    /// <summary>Pause before a source that failed is asked again.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(15);

    /// <summary>Time for reading one catalogue; nobody who asks waits for longer.</summary>
    private static readonly TimeSpan MaxReading = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    public int Count
    {
        get
        {
            lock (gate)
            {
                return entries.Count;
            }
        }
    }

    /// <exception cref="SourceException">The source failed, and there is no older catalogue.</exception>
    public async Task<CatalogueView<T>> GetAsync(string key, Func<CancellationToken, Task<CatalogueView<T>>> read, CancellationToken cancellationToken)
    {
        Task<CatalogueView<T>>? reading;
        Entry entry;
        lock (gate)
        {
            entry = Find(key);
            var now = time.GetUtcNow();
            var due = entry.View is null || (now - entry.View.ReadAt >= timeToLive && now - entry.FailedAt >= Retry);
            if (entry.Reading is null && due)
            {
                entry.Reading = ReadAsync(entry, read);
            }

            reading = entry.Reading;
            if (entry.View is { } known)
            {
                return entry.Failure is { } failure
                    ? known with { Stale = $"what is known of the source is of {ToolLimits.Iso(known.ReadAt)}, since it does not answer: {failure}" }
                    : known;
            }
        }

        return await reading!.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<CatalogueView<T>> ReadAsync(Entry entry, Func<CancellationToken, Task<CatalogueView<T>>> read)
    {
        // Off the lock, and not part of the request that happened to be first.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var limit = new CancellationTokenSource(MaxReading, time);
        try
        {
            var view = await read(limit.Token).ConfigureAwait(false);
            lock (gate)
            {
                (entry.View, entry.Failure, entry.Reading) = (view, null, null);
            }

            return view;
        }
        catch (Exception exception)
        {
            lock (gate)
            {
                (entry.Failure, entry.FailedAt, entry.Reading) = (exception is SourceException ? exception.Message : "it took too long or failed", time.GetUtcNow(), null);
                if (entry.View is { } kept)
                {
                    // Served already; the failure is told with the next answer.
                    return kept;
                }
            }

            throw exception is OperationCanceledException ? new SourceException(SourceFailure.Timeout, "", "the source did not tell what it has in time", exception) : exception;
        }
    }

    private Entry Find(string key)
    {
        if (!entries.TryGetValue(key, out var entry))
        {
            if (entries.Count >= capacity && entries.Where(e => e.Value.Reading is null).OrderBy(e => e.Value.UsedAt).Select(e => e.Key).FirstOrDefault() is { } oldest)
            {
                entries.Remove(oldest);
            }

            entries[key] = entry = new Entry();
        }

        entry.UsedAt = time.GetTimestamp();
        return entry;
    }

    private sealed class Entry
    {
        public CatalogueView<T>? View { get; set; }

        public Task<CatalogueView<T>>? Reading { get; set; }

        public string? Failure { get; set; }

        public DateTimeOffset FailedAt { get; set; }

        public long UsedAt { get; set; }
    }
}
