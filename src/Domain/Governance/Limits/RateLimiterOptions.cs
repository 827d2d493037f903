namespace Nightwatch.Domain.Governance.Limits;

/// <summary>The bounds of the limiter itself.</summary>
public sealed class RateLimiterOptions
{
    /// <summary>Buckets that a process keeps in memory, about 300 bytes each.</summary>
    public int MaxKeys { get; set; } = 20_000;

    /// <summary>Buckets keyed by strangers that a process creates in the store in one minute; beyond, it counts by itself.</summary>
    public int MaxStrangersPerMinute { get; set; } = 1_000;

    /// <summary>How long leased permits may wait to be spent. Over any time T a caller gets at most Permits * (1 + (T + this) / Window).</summary>
    public TimeSpan LeaseLifetime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the answer that a bucket is not shut is believed without asking the store.</summary>
    public TimeSpan OpenFor { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>After a failure of the store, how long the process counts by itself before it asks again.</summary>
    public TimeSpan StoreRest { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Tries to take a lease while other processes take theirs.</summary>
    public int MaxAttempts { get; set; } = 20;
}
