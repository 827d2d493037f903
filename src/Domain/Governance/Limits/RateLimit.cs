namespace Nightwatch.Domain.Governance.Limits;

/// <summary>A bound on how often something may be done: a bucket of <see cref="Permits"/> that refills evenly over <see cref="Window"/>.</summary>
public sealed record RateLimit
{
    /// <summary>What the caller reads when it is refused, and part of the bucket's key: lower-case letters and dashes.</summary>
    public required string Name { get; init; }

    /// <summary>What a full bucket holds, and what it gains in one window. Over any time T at most Permits * (1 + T / Window) are given out of the store.</summary>
    public required int Permits { get; init; }

    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>An emptied bucket stays shut for so long, whatever it gains meanwhile; zero opens it with the next permit.</summary>
    public TimeSpan Penalty { get; init; }

    /// <summary>
    /// Whether strangers choose the key (an address, say). Then only so many new buckets a minute go into the store; the rest are counted in the process.
    /// </summary>
    public bool KeyedByStrangers { get; init; }

    /// <summary>Counted by each process alone: for what is too cheap to be worth a write into the store.</summary>
    public bool InProcess { get; init; }

    /// <summary>Permits that a process takes out of the store at once, to spend by itself: 1 for small limits.</summary>
    public int Lease => Permits < 60 ? 1 : Math.Min(Permits / 10, 10_000);

    public double PermitsPerSecond => Permits / Window.TotalSeconds;

    /// <summary>How long so many permits take to come back.</summary>
    public TimeSpan Refill(double permits) => TimeSpan.FromSeconds(permits / PermitsPerSecond);
}

/// <summary>Whether something may be done now.</summary>
/// <param name="RetryAfter">When it may be tried again; zero when granted.</param>
public readonly record struct LimitDecision(bool Granted, TimeSpan RetryAfter)
{
    public static LimitDecision Yes { get; } = new(true, TimeSpan.Zero);

    public static LimitDecision No(TimeSpan retryAfter) => new(false, retryAfter);

    /// <summary>Whole seconds, at least 1, as the header Retry-After wants them.</summary>
    public int RetryAfterSeconds => (int)Math.Clamp(Math.Ceiling(RetryAfter.TotalSeconds), 1, 3600);
}
