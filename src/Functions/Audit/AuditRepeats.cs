using System.Collections.Concurrent;

namespace Nightwatch.Functions.Audit;

/// <summary>
/// Keeps what says nothing new out of the trail: a page that asks for the same list every few seconds, a stranger who knocks on the same door. Per process,
/// and bounded: when it is full it forgets, and records more rather than less.
/// </summary>
public sealed class AuditRepeats(TimeProvider time)
{
    private const int MaxKeys = 10_000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> seen = new(StringComparer.Ordinal);

    /// <summary>True for the first of its kind within the time.</summary>
    public bool IsFirst(string key, TimeSpan within)
    {
        var now = time.GetUtcNow();
        if (seen.TryGetValue(key, out var last) && now - last < within)
        {
            return false;
        }

        if (seen.Count >= MaxKeys)
        {
            seen.Clear();
        }

        seen[key] = now;
        return true;
    }
}
