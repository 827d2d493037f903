namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>
/// Loads what is asked for often again before it ends, so that nobody waits for it. The cache is this process' memory: each process looks after its own.
/// </summary>
public sealed class FetchAhead(QueryCache cache, TimeProvider time)
{
    /// <summary>Values loaded in one run.</summary>
    public const int MaxPerRun = 50;

    /// <summary>Somewhat more than from one run to the next.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromSeconds(90);

    /// <summary>Of one run.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    /// <returns>How many values were loaded. A source that fails is left alone until the next run; whoever asks it is told why.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var due = cache.Due(time.GetUtcNow() + Ahead, MaxPerRun);
        if (due.Count == 0)
        {
            return 0;
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var done = await Task.WhenAll(due.GroupBy(e => e.Partition).Select(g => RefreshAsync(g, linked.Token))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        QueryCacheTelemetry.FetchedAhead(done.Sum());
        return done.Sum();
    }

    /// <summary>One after the other: a source has more to do than to be asked ahead.</summary>
    private static async Task<int> RefreshAsync(IEnumerable<CacheEntry> entries, CancellationToken cancellationToken)
    {
        var count = 0;
        try
        {
            foreach (var entry in entries)
            {
                await entry.Refresh(cancellationToken).ConfigureAwait(false);
                count++;
            }
        }
        catch (Exception exception) when (exception is SourceException or OperationCanceledException)
        {
            // The next run, or the next question, tries again.
            return count;
        }

        return count;
    }
}
