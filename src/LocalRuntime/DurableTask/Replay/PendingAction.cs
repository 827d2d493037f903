namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Something an orchestrator asked for. The line is what history keeps of it; Input what it carries to its destination.</summary>
internal sealed record PendingAction(HistoryEvent Line)
{
    public string? Input { get; init; }

    public string Version { get; init; } = "";

    public IDictionary<string, string>? Tags { get; init; }

    /// <summary>True when the code does not look at the result.</summary>
    public bool IsUnread { get; init; }

    public string Describe() => Describe(Line);

    public static string Describe(HistoryEvent line) => line.Kind switch
    {
        HistoryKind.TaskScheduled => $"activity '{line.Name}'",
        HistoryKind.SubScheduled => $"sub-orchestration '{line.Name}' with instance id '{line.Target}'",
        HistoryKind.TimerCreated => "a timer",
        HistoryKind.EventSent => $"event '{line.Name}' to instance '{line.Target}'",
        HistoryKind.EntityCalled => $"a call of operation '{line.Name}' of entity '{line.Target}'",
        HistoryKind.EntitySignaled => $"a signal '{line.Name}' to entity '{line.Target}'",
        HistoryKind.EntityLockAsked => $"a lock of the entities {line.Target}",
        HistoryKind.EntityUnlocked => "a release of locks",
        _ => line.Kind.ToString(),
    };
}
