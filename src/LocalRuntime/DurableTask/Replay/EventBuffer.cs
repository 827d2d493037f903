namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Events and those who wait for them, by name without regard to case. Events are kept in order; the newest waiter is served first.</summary>
internal sealed class EventBuffer(Func<HistoryEvent, string?> read)
{
    private readonly Dictionary<string, LinkedList<EventWaiter>> waiting = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Queue<(long Order, HistoryEvent Line)>> early = new(StringComparer.OrdinalIgnoreCase);
    private long order;
    private long? passedBy;

    public bool HasWaiters => waiting.Values.Any(waiters => waiters.Count > 0);

    /// <exception cref="ArgumentException">Somebody waits for an event of that name with another type.</exception>
    public void Wait(string name, EventWaiter waiter)
    {
        if (early.TryGetValue(name, out var kept) && kept.TryDequeue(out var next))
        {
            waiter.Complete(read(next.Line));
            return;
        }

        if (!waiting.TryGetValue(name, out var waiters))
        {
            waiting.Add(name, waiters = []);
        }

        if (waiters.First?.Value is { } other && other.Type != waiter.Type)
        {
            throw new ArgumentException($"Event '{name}' is already awaited as {other.Type.FullName}; it cannot be awaited as {waiter.Type.FullName} too.");
        }

        waiters.AddFirst(waiter);
        waiter.Abandon = () => waiters.Remove(waiter);
    }

    /// <summary>Gives an event to a waiter or keeps it. True when somebody waited.</summary>
    public bool Raise(HistoryEvent line)
    {
        var name = line.Name ?? "";
        if (waiting.TryGetValue(name, out var waiters) && waiters.First is { Value.IsPassedBy: false } first)
        {
            waiters.RemoveFirst();
            first.Value.Complete(read(line));
            return true;
        }

        if (!early.TryGetValue(name, out var kept))
        {
            early.Add(name, kept = new Queue<(long, HistoryEvent)>());
        }

        kept.Enqueue((order++, line));
        return false;
    }

    /// <summary>The run is to start over: from here on events are the next run's, not those's who waited in this one.</summary>
    public void PassBy()
    {
        passedBy ??= order;
        foreach (var waiter in waiting.Values.SelectMany(waiters => waiters))
        {
            waiter.IsPassedBy = true;
        }
    }

    /// <summary>The events that nobody took, oldest first: all, or only those that came after the run was to start over.</summary>
    public IReadOnlyList<HistoryEvent> Unprocessed(bool all) =>
        [.. early.Values.SelectMany(kept => kept).Where(kept => all || kept.Order >= passedBy).OrderBy(kept => kept.Order).Select(kept => kept.Line)];
}
