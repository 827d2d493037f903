using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Limits;

/// <summary>
/// Rate limits that several processes keep together. Each takes a lease of permits out of the bucket in the store and spends it by itself, so most requests
/// cost a look into memory; a refused caller costs no more until its bucket gains a permit. Without a store each process keeps the limit by itself.
/// </summary>
public sealed partial class RateLimiter(IDocuments<LimitBucket> buckets, IOptions<RateLimiterOptions> options, TimeProvider time, ILogger<RateLimiter> logger)
{
    private const int MaxRounds = 8;

    private readonly LimitEntries entries = new(options.Value.MaxKeys);
    private readonly LeaseSource leases = new(buckets, options.Value, time);
    private long lastComplaint;

    /// <summary>Buckets in this process' memory.</summary>
    public int KeysInMemory => entries.Count;

    /// <summary>Takes permits for one act.</summary>
    /// <param name="partition">The tenant, or where there is none yet a name of the caller's own.</param>
    /// <param name="key">Who is counted; of any length.</param>
    /// <param name="cost">Permits, 1 or more; more than the limit has count as all of them.</param>
    public ValueTask<LimitDecision> TakeAsync(RateLimit limit, string partition, string key, int cost, CancellationToken cancellationToken)
    {
        var entry = entries.Of(new LimitKey(limit.Name, partition, key));
        cost = Math.Clamp(cost, 1, limit.Permits);
        lock (entry)
        {
            if (entry.TryDecide(Now, cost, out var decision))
            {
                return new ValueTask<LimitDecision>(decision);
            }
        }

        return new ValueTask<LimitDecision>(TakeSlowlyAsync(entry, limit, partition, key, cost, cancellationToken));
    }

    /// <summary>Whether the bucket is shut as a penalty, here or by another process; takes nothing out of it.</summary>
    public async ValueTask<LimitDecision> PeekAsync(RateLimit limit, string partition, string key, CancellationToken cancellationToken)
    {
        var entry = entries.Of(new LimitKey(limit.Name, partition, key));
        lock (entry)
        {
            if (entry.IsShut(Now, out var retryAfter))
            {
                return LimitDecision.No(retryAfter);
            }

            if (Now < entry.OpenUntil)
            {
                return LimitDecision.Yes;
            }

            // Set before the answer is here: many requests of one address at once cost one reading.
            entry.OpenUntil = Now + options.Value.OpenFor.Ticks;
        }

        var shutUntil = await leases.ShutUntilAsync(limit, partition, key, cancellationToken).ConfigureAwait(false);
        var shut = shutUntil is { } until && until.UtcTicks > Now;
        if (shut)
        {
            lock (entry)
            {
                entry.Shut(shutUntil!.Value.UtcTicks);
            }
        }

        return shut ? LimitDecision.No(shutUntil!.Value - time.GetUtcNow()) : LimitDecision.Yes;
    }

    private long Now => time.GetUtcNow().UtcTicks;

    private async Task<LimitDecision> TakeSlowlyAsync(
        LimitEntry entry, RateLimit limit, string partition, string key, int cost, CancellationToken cancellationToken)
    {
        for (var round = 0; ; round++)
        {
            Task leasing;
            lock (entry)
            {
                if (entry.TryDecide(Now, cost, out var decision))
                {
                    return decision;
                }

                if (round == MaxRounds)
                {
                    // There were permits, and others who waited were quicker each time, or the cost is more than the bucket holds.
                    return LimitDecision.No(limit.Refill(cost));
                }

                entry.Demand += cost;
                // Not on this thread, which holds the lock, and not ended by this caller: others wait for the same lease.
                leasing = entry.Leasing ??= Task.Run(() => LeaseAsync(entry, limit, partition, key), CancellationToken.None);
            }

            try
            {
                await leasing.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                lock (entry)
                {
                    entry.Demand -= cost;
                }
            }
        }
    }

    private async Task LeaseAsync(LimitEntry entry, RateLimit limit, string partition, string key)
    {
        try
        {
            Note(entry, limit, await leases.TakeAsync(entry, limit, partition, key).ConfigureAwait(false));
        }
        finally
        {
            lock (entry)
            {
                entry.Leasing = null;
            }
        }
    }

    private void Note(LimitEntry entry, RateLimit limit, LeaseSource.Lease lease)
    {
        if (lease.Complaint is { } complaint && Now - Interlocked.Read(ref lastComplaint) > TimeSpan.TicksPerMinute)
        {
            Interlocked.Exchange(ref lastComplaint, Now);
            LogAlone(logger, limit.Name, complaint);
        }

        lock (entry)
        {
            entry.Known = lease.Bucket;
            if (lease.Given > 0)
            {
                entry.Add(lease.Given, Now, options.Value.LeaseLifetime);
            }
            else
            {
                entry.Shut(Now + Math.Max(lease.RetryAfter.Ticks, TimeSpan.TicksPerMillisecond));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The limit {Limit} is kept by this process alone for now: {Reason}")]
    private static partial void LogAlone(ILogger logger, string limit, string reason);
}
