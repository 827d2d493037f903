using System.Collections.Concurrent;

namespace Nightwatch.Domain.Governance.Limits;

/// <summary>
/// The buckets that a process knows, bounded: those used of late and those used before them. When the young are too many they become the old, and the old
/// are forgotten, so that whoever changes its key all the time fills no memory and each step costs the same. What is forgotten loses its lease only.
/// </summary>
internal sealed class LimitEntries(int capacity)
{
    private readonly Lock turning = new();
    private readonly int generation = Math.Max(1, capacity / 2);
    private ConcurrentDictionary<LimitKey, LimitEntry> young = new();
    private ConcurrentDictionary<LimitKey, LimitEntry> old = new();
    private int count;

    public int Count => young.Count + old.Count;

    public LimitEntry Of(LimitKey key)
    {
        var current = Volatile.Read(ref young);
        if (current.TryGetValue(key, out var known))
        {
            return known;
        }

        var entry = current.GetOrAdd(key, Volatile.Read(ref old).TryGetValue(key, out var before) ? before : new LimitEntry());
        if (Interlocked.Increment(ref count) > generation)
        {
            Turn(current);
        }

        return entry;
    }

    private void Turn(ConcurrentDictionary<LimitKey, LimitEntry> full)
    {
        lock (turning)
        {
            if (ReferenceEquals(young, full))
            {
                Volatile.Write(ref old, full);
                Volatile.Write(ref young, new ConcurrentDictionary<LimitKey, LimitEntry>());
                Interlocked.Exchange(ref count, 0);
            }
        }
    }
}

/// <summary>Whose bucket of which limit. Strings from outside are hashed with .NET's per-process random seed, so colliding keys cannot be prepared.</summary>
internal readonly record struct LimitKey(string Limit, string Partition, string Key);
