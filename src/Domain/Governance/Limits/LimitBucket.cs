using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Limits;

/// <summary>
/// A token bucket in the store: what it held at a time. All processes take their leases out of it, each under the version it read, so that together they
/// never take more than it holds.
/// </summary>
public sealed record LimitBucket
{
    public static DocumentType<LimitBucket> Type { get; } = new() { Name = "limit_buckets", ExpiresAt = bucket => bucket.ExpiresAt };

    public required double Permits { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Shut until then, as a penalty.</summary>
    public DateTimeOffset? ShutUntil { get; init; }

    /// <summary>When the bucket is full again: then it says no more than a bucket that does not exist.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public static LimitBucket Full(RateLimit limit, DateTimeOffset now) => new() { Permits = limit.Permits, At = now, ExpiresAt = now };

    /// <summary>Takes at most <paramref name="wanted"/> whole permits.</summary>
    /// <returns>What was given, when to try again if that is nothing, and the bucket afterwards.</returns>
    public (int Given, TimeSpan RetryAfter, LimitBucket Next) Take(RateLimit limit, int wanted, DateTimeOffset now)
    {
        if (ShutUntil > now)
        {
            return (0, ShutUntil.Value - now, this);
        }

        // Another process' clock may be ahead of ours: time never runs backwards in a bucket.
        var at = now > At ? now : At;
        var held = Math.Min(limit.Permits, Permits + ((at - At).TotalSeconds * limit.PermitsPerSecond));
        var given = (int)Math.Min(wanted, Math.Floor(held));
        var left = held - given;
        var shut = given == 0 && limit.Penalty > TimeSpan.Zero ? now + limit.Penalty : (DateTimeOffset?)null;
        var next = new LimitBucket
        {
            Permits = left,
            At = at,
            ShutUntil = shut,
            ExpiresAt = Latest(at + limit.Refill(limit.Permits - left) + TimeSpan.FromSeconds(1), shut),
        };
        return (given, given > 0 ? TimeSpan.Zero : shut is null ? limit.Refill(1 - left) : limit.Penalty, next);
    }

    private static DateTimeOffset Latest(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;
}
