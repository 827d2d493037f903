namespace Nightwatch.Domain.Queries.Asking.Modelling;

/// <summary>
/// What a model made of a question, with its times in relative words, so that the same question a little later gets the same queries over the right time. Bounded;
/// safe for many callers. It is a saving, not a state: another process asks its model itself.
/// </summary>
internal sealed class TranslationCache(TimeProvider time)
{
    public const int Capacity = 1_000;
    public static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> byUse = [];

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

    /// <summary>Null when there is none that is young enough.</summary>
    public ModelMade? Find(string key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var node))
            {
                return null;
            }

            byUse.Remove(node);
            if (time.GetUtcNow() - node.Value.At >= TimeToLive)
            {
                entries.Remove(key);
                return null;
            }

            byUse.AddFirst(node);
            return node.Value.Made;
        }
    }

    public void Keep(string key, ModelMade made)
    {
        lock (gate)
        {
            if (entries.Remove(key, out var before))
            {
                byUse.Remove(before);
            }

            entries[key] = byUse.AddFirst(new Entry(key, made, time.GetUtcNow()));
            if (entries.Count > Capacity && byUse.Last is { } oldest)
            {
                byUse.RemoveLast();
                entries.Remove(oldest.Value.Key);
            }
        }
    }

    private sealed record Entry(string Key, ModelMade Made, DateTimeOffset At);
}

/// <summary>What a model made of a question, and what of it was dropped.</summary>
internal sealed record ModelMade(string Model, ModelProposals Proposals, IReadOnlyList<string> Dropped);
