using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Limits;

/// <summary>Takes leases out of the buckets in the store, or out of the process' own count while the store is away.</summary>
internal sealed class LeaseSource(IDocuments<LimitBucket> buckets, RateLimiterOptions options, TimeProvider time)
{
    private readonly Lock gate = new();
    private DateTimeOffset restUntil;
    private DateTimeOffset minute;
    private int strangers;

    /// <summary>What was leased.</summary>
    /// <param name="Complaint">Why the store was not asked or did not answer; null when it did.</param>
    internal readonly record struct Lease(int Given, TimeSpan RetryAfter, LimitBucket Bucket, string? Complaint);

    public async Task<Lease> TakeAsync(LimitEntry entry, RateLimit limit, string partition, string key)
    {
        if (limit.InProcess)
        {
            return TakeAlone(entry, limit, null);
        }

        if (IsResting())
        {
            return TakeAlone(entry, limit, "the store was away a moment ago");
        }

        try
        {
            return await TakeFromStoreAsync(entry, limit, partition, IdOf(limit, key)).ConfigureAwait(false);
        }
        catch (StoreUnavailableException down)
        {
            Rest();
            return TakeAlone(entry, limit, down.Message);
        }
    }

    public async Task<DateTimeOffset?> ShutUntilAsync(RateLimit limit, string partition, string key, CancellationToken cancellationToken)
    {
        if (IsResting())
        {
            return null;
        }

        try
        {
            return (await buckets.ReadAsync(partition, IdOf(limit, key), cancellationToken).ConfigureAwait(false))?.Value.ShutUntil;
        }
        catch (StoreUnavailableException)
        {
            Rest();
            return null;
        }
    }

    /// <summary>Keys come from outside: of any length, and not for everyone who can read the store.</summary>
    internal static string IdOf(RateLimit limit, string key) => $"{limit.Name}:{TextHash.ShortOf(key)}";

    private async Task<Lease> TakeFromStoreAsync(LimitEntry entry, RateLimit limit, string partition, string id)
    {
        for (var attempt = 0; attempt < options.MaxAttempts; attempt++)
        {
            var stored = await buckets.ReadAsync(partition, id, CancellationToken.None).ConfigureAwait(false);
            if (stored is null && limit.KeyedByStrangers && !MayCreate())
            {
                return TakeAlone(entry, limit, $"more than {options.MaxStrangersPerMinute} new keys came within a minute");
            }

            var now = time.GetUtcNow();
            var (given, retryAfter, next) = (stored?.Value ?? LimitBucket.Full(limit, now)).Take(limit, Wanted(entry, limit), now);
            if (given == 0 && (limit.Penalty == TimeSpan.Zero || stored?.Value.ShutUntil > now))
            {
                // Nothing was taken, so nothing is written.
                return new Lease(0, retryAfter, next, null);
            }

            var write = stored is null ? DocumentWrite<LimitBucket>.Create(id, next) : DocumentWrite<LimitBucket>.Replace(stored, next);
            if ((await buckets.WriteAsync(partition, write, CancellationToken.None).ConfigureAwait(false)).Written)
            {
                return new Lease(given, retryAfter, next, null);
            }

            await BackOff.WaitAsync(attempt, CancellationToken.None).ConfigureAwait(false);
        }

        return TakeAlone(entry, limit, $"other processes were quicker {options.MaxAttempts} times");
    }

    private Lease TakeAlone(LimitEntry entry, RateLimit limit, string? complaint)
    {
        var now = time.GetUtcNow();
        LimitBucket known;
        lock (entry)
        {
            known = entry.Known ?? LimitBucket.Full(limit, now);
        }

        // Small: what is leased while the store is away is taken out of this process' count alone.
        var (given, retryAfter, next) = known.Take(limit, Math.Min(Wanted(entry, limit), limit.Lease), now);
        return new Lease(given, retryAfter, next, complaint);
    }

    private static int Wanted(LimitEntry entry, RateLimit limit)
    {
        lock (entry)
        {
            return Math.Max(limit.Lease, entry.Demand);
        }
    }

    private bool MayCreate()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (now - minute >= TimeSpan.FromMinutes(1))
            {
                (minute, strangers) = (now, 0);
            }

            return strangers++ < options.MaxStrangersPerMinute;
        }
    }

    private bool IsResting()
    {
        lock (gate)
        {
            return time.GetUtcNow() < restUntil;
        }
    }

    private void Rest()
    {
        lock (gate)
        {
            restUntil = time.GetUtcNow() + options.StoreRest;
        }
    }
}
