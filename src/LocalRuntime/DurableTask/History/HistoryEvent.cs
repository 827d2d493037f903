using Microsoft.DurableTask;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>What can stand in an orchestration's history. The numbers are stored: never change one.</summary>
internal enum HistoryKind
{
    TurnStarted = 0,
    ExecutionStarted = 1,
    TaskScheduled = 2,
    TaskCompleted = 3,
    TaskFailed = 4,
    SubScheduled = 5,
    SubCompleted = 6,
    SubFailed = 7,
    TimerCreated = 8,
    TimerFired = 9,
    EventSent = 10,
    EventRaised = 11,
    Suspended = 12,
    Resumed = 13,
    Terminated = 14,

    EntityCalled = 40,
    EntityCompleted = 41,
    EntityFailed = 42,
    EntitySignaled = 43,
    EntityLockAsked = 44,
    EntityLocked = 45,
    EntityUnlocked = 46,

    /// <summary>A rewind: with a call's number, that call is asked for again later; without one, what the code asked for up to here and history lacks is.</summary>
    Rewound = 60,

    /// <summary>The call whose failure made the execution fail.</summary>
    FailedBy = 61,
}

/// <summary>
/// One line of history. Task is the sequence number of the call it belongs to; Name a function's, operation's or event's; Target an instance or entity (of a
/// lock a JSON array of them); Data a serialised payload, Payload the key of one that lies in its own table; Ticks a UTC time. Flag means: not worth a retry
/// (failures), recursive (Terminated).
/// </summary>
internal sealed record HistoryEvent(HistoryKind Kind)
{
    public int Task { get; init; } = -1;

    public string? Name { get; init; }

    public string? Target { get; init; }

    public string? Data { get; init; }

    public long Payload { get; init; }

    public long Ticks { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    public bool Flag { get; init; }
}
