namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>An activity to run for an instance's call.</summary>
internal sealed record ActivityWork(long Key, long Execution, string InstanceId, string Name, string Version, string? Input, long Tries)
{
    /// <summary>The input is long and is read when the activity runs: what waits must not fill the memory.</summary>
    public bool IsInputStored { get; init; }

    public long Instance => Key >> DurableSchema.MinorBits;

    public int Task => (int)(Key & (DurableSchema.StartTimer));
}

/// <summary>An activity's result, on its way into history.</summary>
internal sealed record ActivityAnswer(long Key, long Execution, HistoryEvent Line);

/// <summary>A message that waits for its instance.</summary>
internal sealed record InboxMessage(long Sequence, long Execution, HistoryEvent Line);

/// <summary>A new instance, from a client or a parent.</summary>
internal sealed record NewInstance(string Id, string Name, string Version, string? Input, string? Tags, long? StartAt, ParentLink? Parent);

/// <summary>What a commit woke: instances that this worker now sees to.</summary>
internal sealed record Woken
{
    public List<long> Instances { get; } = [];

    /// <summary>The earliest due time of a timer that was added; 0 when none was.</summary>
    public long FirstDue { get; set; }

    public void AddDue(long due) => FirstDue = FirstDue == 0 ? due : Math.Min(FirstDue, due);
}

/// <summary>A turn to make durable.</summary>
internal sealed record TurnCommit
{
    public required InstanceRecord Before { get; init; }

    public required TurnOutcome Outcome { get; init; }

    public required IReadOnlyList<InboxMessage> Taken { get; init; }

    public required IReadOnlyList<ActivityAnswer> Answers { get; init; }

    public required long Now { get; init; }

    /// <summary>How many of the new activities this worker takes itself; the others are left for whoever is free.</summary>
    public required int KeepActivities { get; init; }
}

/// <summary>What came of a turn's commit.</summary>
internal sealed record TurnResult
{
    public required InstanceRecord After { get; init; }

    /// <summary>The turn's lines as history has them, without long payloads.</summary>
    public required IReadOnlyList<HistoryEvent> Lines { get; init; }

    public required bool MoreInbox { get; init; }

    public required IReadOnlyList<ActivityWork> Kept { get; init; }

    public required bool LeftActivities { get; init; }

    public required Woken Woken { get; init; }
}
