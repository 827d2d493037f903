namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>What can wait for an entity. The numbers are stored.</summary>
internal enum EntityMessageKind
{
    Signal = 0,
    Call = 1,
    Lock = 2,
}

/// <summary>The orchestration's call that an answer goes to.</summary>
internal sealed record EntityCaller(long Key, long Execution, int Task);

/// <summary>A row of the table "operations". Name is the operation's; Input its input or, of a lock request, the ids of all entities in the order of locking.</summary>
internal sealed record EntityMessage(EntityMessageKind Kind, string Name, string? Input)
{
    public long Sequence { get; init; }

    /// <summary>UTC ticks before which a signal is not delivered; null for at once.</summary>
    public long? Due { get; init; }

    /// <summary>Null for signals.</summary>
    public EntityCaller? Caller { get; init; }
}

/// <summary>An entity as a turn finds it.</summary>
internal sealed record EntityWork
{
    public required InstanceRecord Record { get; init; }

    public required string? State { get; init; }

    /// <summary>Operations to run, in order.</summary>
    public required IReadOnlyList<EntityMessage> Operations { get; init; }

    /// <summary>A lock request that is granted after the operations; null when there is none or something comes first.</summary>
    public required EntityMessage? Lock { get; init; }
}

/// <summary>What an operation asked for.</summary>
internal abstract record EntityEffect;

internal sealed record SignalEffect(string Target, EntityMessage Message) : EntityEffect;

internal sealed record StartEffect(NewInstance Instance) : EntityEffect;

/// <summary>How an operation ended: with a result or with a failure.</summary>
internal sealed record OperationOutcome(EntityMessage Message, string? Result, Microsoft.DurableTask.TaskFailureDetails? Failure);

/// <summary>A turn of an entity to make durable.</summary>
internal sealed record EntityCommit
{
    public required InstanceRecord Before { get; init; }

    public required string? State { get; init; }

    public required IReadOnlyList<OperationOutcome> Outcomes { get; init; }

    public required IReadOnlyList<EntityEffect> Effects { get; init; }

    public required EntityMessage? Lock { get; init; }

    public required long Now { get; init; }
}
