namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>What this process knows of an instance. A slot is in the queue, running, or at rest; what arrives while it runs makes it run again.</summary>
internal sealed class InstanceSlot(long key)
{
    private readonly Lock gate = new();
    private List<ActivityAnswer> mail = [];
    private bool busy;
    private bool again;

    public long Key { get; } = key;

    /// <summary>Written by the running turn only.</summary>
    public CachedInstance? Cache { get; set; }

    public int Failures { get; set; }

    /// <summary>Set when the orchestrator was found to await what is not durable.</summary>
    public bool HasIllegalAwait { get; set; }

    /// <summary>Set when the orchestrator returned after a turn that had ended without it; the next turn waits for it.</summary>
    public bool EndsLate { get; set; }

    public long LastUsed { get; private set; }

    public bool IsRemoved { get; private set; }

    /// <summary>Notes work. Accepted is false when the slot was removed meanwhile; Enqueue is true when the caller must put it into the queue.</summary>
    public (bool Accepted, bool Enqueue) Notify(ActivityAnswer? answer)
    {
        lock (gate)
        {
            if (IsRemoved)
            {
                return (false, false);
            }

            if (answer is not null)
            {
                mail.Add(answer);
            }

            if (busy)
            {
                again = true;
                return (true, false);
            }

            return (true, busy = true);
        }
    }

    public List<ActivityAnswer> TakeMail()
    {
        lock (gate)
        {
            again = false;
            var taken = mail;
            mail = [];
            return taken;
        }
    }

    public void ReturnMail(IReadOnlyList<ActivityAnswer> answers)
    {
        lock (gate)
        {
            mail.InsertRange(0, answers);
        }
    }

    /// <summary>Ends a turn. True when the slot must be queued again.</summary>
    public bool Rest(bool more, long now)
    {
        lock (gate)
        {
            LastUsed = now;
            busy = more || again;
            return busy;
        }
    }

    /// <summary>Takes the slot out of use if it is at rest.</summary>
    public bool TryRemove()
    {
        lock (gate)
        {
            return IsRemoved = !busy && mail.Count == 0;
        }
    }
}

/// <summary>An instance's row and history as of its last turn here; with extended sessions also the orchestrator itself.</summary>
internal sealed class CachedInstance(InstanceRecord record, List<HistoryEvent> lines)
{
    private const int UnitsPerWeight = 256;

    public InstanceRecord Record { get; set; } = record;

    public List<HistoryEvent> Lines { get; } = lines;

    /// <summary>What the lines count for in memory.</summary>
    public int Weight { get; private set; } = lines.Sum(Weigh);

    public OrchestrationExecutor? Live { get; set; }

    /// <summary>Returns how much heavier it has become.</summary>
    public int Add(IReadOnlyList<HistoryEvent> more)
    {
        var weight = more.Sum(Weigh);
        Lines.AddRange(more);
        Weight += weight;
        return weight;
    }

    private static int Weigh(HistoryEvent line) => 1 + ((line.Data?.Length ?? 0) / UnitsPerWeight);
}
