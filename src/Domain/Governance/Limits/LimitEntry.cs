namespace Nightwatch.Domain.Governance.Limits;

/// <summary>What one process knows of one bucket: the permits it has leased and not yet spent, and until when it need not ask. Guarded by its own lock.</summary>
internal sealed class LimitEntry
{
    private int leased;
    private long leaseEnds;
    private long shutUntil;

    /// <summary>The lease on its way; those who wait for permits wait for it together.</summary>
    public Task? Leasing { get; set; }

    /// <summary>Permits that are waited for now.</summary>
    public int Demand { get; set; }

    /// <summary>The bucket as it was last seen or, without a store, as this process counts it.</summary>
    public LimitBucket? Known { get; set; }

    /// <summary>Until when the store's answer that the bucket is open holds, in UTC ticks.</summary>
    public long OpenUntil { get; set; }

    public bool TryDecide(long now, int cost, out LimitDecision decision)
    {
        if (now < shutUntil)
        {
            decision = LimitDecision.No(TimeSpan.FromTicks(shutUntil - now));
            return true;
        }

        if (leased >= cost && now < leaseEnds)
        {
            leased -= cost;
            decision = LimitDecision.Yes;
            return true;
        }

        decision = default;
        return false;
    }

    /// <summary>Permits that were leased and not spent in time are lost: kept, they could be spent in one burst with a bucket full again.</summary>
    public void Add(int permits, long now, TimeSpan lifetime)
    {
        leased = (now < leaseEnds ? leased : 0) + permits;
        leaseEnds = now + lifetime.Ticks;
    }

    public void Shut(long until) => shutUntil = until;

    public bool IsShut(long now, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.FromTicks(Math.Max(0, shutUntil - now));
        return now < shutUntil;
    }
}
