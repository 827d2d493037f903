using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>The instances that this process works on or remembers, and the queue of those with work.</summary>
internal sealed class InstanceSlots(int maxInstances, int maxWeight)
{
    private readonly ConcurrentDictionary<long, InstanceSlot> slots = new();
    private readonly Channel<InstanceSlot> ready = Channel.CreateUnbounded<InstanceSlot>();
    private long cachedWeight;
    private int waiting;

    public ChannelReader<InstanceSlot> Ready => ready.Reader;

    /// <summary>Instances with work that no turn has taken up.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    public int Count => slots.Count;

    public void Wake(long key, ActivityAnswer? answer = null)
    {
        while (true)
        {
            var slot = slots.GetOrAdd(key, static key => new InstanceSlot(key));
            var (accepted, enqueue) = slot.Notify(answer);
            if (!accepted)
            {
                slots.TryRemove(new KeyValuePair<long, InstanceSlot>(key, slot));
                continue;
            }

            if (enqueue)
            {
                Enqueue(slot);
            }

            return;
        }
    }

    public void Enqueue(InstanceSlot slot)
    {
        Interlocked.Increment(ref waiting);
        ready.Writer.TryWrite(slot);
    }

    public void Waits() => Interlocked.Increment(ref waiting);

    public void TakenUp() => Interlocked.Decrement(ref waiting);

    /// <summary>Remembers or forgets an instance after its turn.</summary>
    public void Keep(InstanceSlot slot, CachedInstance? cache)
    {
        if (ReferenceEquals(slot.Cache, cache))
        {
            return;
        }

        Interlocked.Add(ref cachedWeight, (cache?.Weight ?? 0) - (slot.Cache?.Weight ?? 0));
        slot.Cache = cache;
    }

    /// <summary>Notes by how much a remembered history has grown.</summary>
    public void Grow(int weight) => Interlocked.Add(ref cachedWeight, weight);

    public void Remove(InstanceSlot slot)
    {
        if (slot.TryRemove())
        {
            slots.TryRemove(new KeyValuePair<long, InstanceSlot>(slot.Key, slot));
            Interlocked.Add(ref cachedWeight, -(slot.Cache?.Weight ?? 0));
        }
    }

    /// <summary>Forgets the instances that were used longest ago when there are too many.</summary>
    public void Trim()
    {
        if (slots.Count <= maxInstances && Interlocked.Read(ref cachedWeight) <= maxWeight)
        {
            return;
        }

        foreach (var slot in slots.Values.OrderBy(slot => slot.LastUsed).Take(Math.Max(1, slots.Count / 4)).ToList())
        {
            Remove(slot);
        }
    }

    public void Complete() => ready.Writer.TryComplete();
}
