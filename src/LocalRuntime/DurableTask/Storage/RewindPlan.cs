namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// What a rewind changes in a failed execution's history. Run again are the calls that the failure came from, those that failed after the code had last
/// asked for anything (so that nothing in history depends on them), and those that were never answered. Failures that the code dealt with and went on
/// from, such as an attempt that was retried, stay.
/// </summary>
internal sealed class RewindPlan
{
    private readonly HashSet<int> again;
    private readonly HashSet<int> lost = [];

    public RewindPlan(IReadOnlyList<HistoryEvent> lines)
    {
        var answered = Tasks(lines, HistoryKind.TaskCompleted, HistoryKind.SubCompleted, HistoryKind.TimerFired);
        var failed = Tasks(lines, HistoryKind.TaskFailed, HistoryKind.SubFailed);
        var causes = Tasks(lines, HistoryKind.FailedBy);
        var last = lines.Index().Where(line => !IsReceived(line.Item.Kind)).Select(line => line.Index).DefaultIfEmpty(-1).Last();
        again = Tasks(lines.Skip(last + 1), HistoryKind.TaskFailed, HistoryKind.SubFailed);
        again.UnionWith(failed.Intersect(causes));
        again.UnionWith(Tasks(lines, HistoryKind.TaskScheduled).Except(answered).Except(failed));
        Timers = [.. lines.Where(line => line.Kind == HistoryKind.TimerCreated && !answered.Contains(line.Task))];
        Children = [.. lines.Where(line => line.Kind == HistoryKind.SubScheduled && !answered.Contains(line.Task) && (!failed.Contains(line.Task) || again.Contains(line.Task)))];
        Obstacle = FindObstacle(lines);
    }

    /// <summary>
    /// Why the execution cannot be rewound; null when it can. Its locks were released when it failed, so that what it had read under them may be out of date,
    /// and the answer of an entity that it still waited for is gone.
    /// </summary>
    public string? Obstacle { get; }

    /// <summary>Timers that have not fired.</summary>
    public IReadOnlyList<HistoryEvent> Timers { get; }

    /// <summary>Sub-orchestrations whose answer the execution waits for once more.</summary>
    public IReadOnlyList<HistoryEvent> Children { get; }

    /// <summary>A sub-orchestration's instance is gone or cannot be rewound: it is started anew.</summary>
    public void StartAnew(HistoryEvent child) => lost.Add(child.Task);

    /// <summary>True for what leaves history.</summary>
    public bool Removes(HistoryEvent line) => line.Kind switch
    {
        HistoryKind.TaskFailed or HistoryKind.SubFailed or HistoryKind.TaskScheduled => again.Contains(line.Task),
        HistoryKind.SubScheduled => lost.Contains(line.Task),
        HistoryKind.FailedBy => true,
        _ => false,
    };

    /// <summary>The lines that say what was taken out of the given ones.</summary>
    public IEnumerable<HistoryEvent> Marks(IEnumerable<HistoryEvent> lines) =>
    [
        .. lines.Where(line => line.Kind is HistoryKind.TaskScheduled or HistoryKind.SubScheduled && Removes(line))
            .Select(line => new HistoryEvent(HistoryKind.Rewound) { Task = line.Task }),
        new HistoryEvent(HistoryKind.Rewound),
    ];

    private string? FindObstacle(IReadOnlyList<HistoryEvent> lines)
    {
        var asked = Tasks(lines, HistoryKind.EntityCalled, HistoryKind.EntityLockAsked);
        if (asked.Except(Tasks(lines, HistoryKind.EntityCompleted, HistoryKind.EntityFailed, HistoryKind.EntityLocked)).Any())
        {
            return "waited for an entity when it failed";
        }

        var locked = false;
        foreach (var line in lines)
        {
            locked = line.Kind == HistoryKind.EntityLocked || (locked && line.Kind != HistoryKind.EntityUnlocked);
            if (locked && line.Kind is HistoryKind.TaskFailed or HistoryKind.SubFailed && Removes(line))
            {
                break;
            }
        }

        return locked ? "failed inside a critical section" : null;
    }

    private static HashSet<int> Tasks(IEnumerable<HistoryEvent> lines, params ReadOnlySpan<HistoryKind> kinds)
    {
        var found = new HashSet<int>();
        foreach (var line in lines)
        {
            if (kinds.Contains(line.Kind))
            {
                found.Add(line.Task);
            }
        }

        return found;
    }

    // Whatever is not known to have come from outside counts as asked for by the code.
    private static bool IsReceived(HistoryKind kind) => kind is HistoryKind.TurnStarted or HistoryKind.ExecutionStarted or HistoryKind.TaskCompleted
        or HistoryKind.TaskFailed or HistoryKind.SubCompleted or HistoryKind.SubFailed or HistoryKind.TimerFired or HistoryKind.EventRaised
        or HistoryKind.EntityCompleted or HistoryKind.EntityFailed or HistoryKind.EntityLocked or HistoryKind.Suspended or HistoryKind.Resumed or HistoryKind.Terminated or HistoryKind.Rewound or HistoryKind.FailedBy;
}
