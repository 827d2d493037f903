using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>What a turn decided; the store makes it durable in one transaction.</summary>
internal sealed record TurnOutcome
{
    /// <summary>Lines to append: the turn's start, what it received, what it asked for.</summary>
    public required IReadOnlyList<HistoryEvent> Lines { get; init; }

    public required IReadOnlyList<PendingAction> Actions { get; init; }

    /// <summary>Timers of earlier turns that were cancelled in this one.</summary>
    public required IReadOnlyList<int> CancelledTimers { get; init; }

    public required bool Suspended { get; init; }

    /// <summary>False while the execution has not said its status; then that of the run before it stays.</summary>
    public bool SetsCustomStatus { get; init; }

    public string? CustomStatus { get; init; }

    public TurnEnd? End { get; init; }

    /// <summary>The outcome for an instance that ends without its code being asked.</summary>
    public static TurnOutcome Ended(IReadOnlyList<HistoryEvent> fresh, TurnEnd end) =>
        new() { Lines = fresh, Actions = [], CancelledTimers = [], Suspended = false, End = end };

    /// <summary>The outcome for an instance whose past cannot be played by the present code.</summary>
    public static TurnOutcome Refused(IReadOnlyList<HistoryEvent> fresh, Exception failure) => Ended(fresh, TurnEnd.Failed(failure));
}

/// <summary>How an execution ended. With ContinuedAsNew, Output is the next input and Carried the events that it gets.</summary>
internal sealed record TurnEnd(OrchestrationRuntimeStatus Status)
{
    public string? Output { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    /// <summary>Another attempt by the parent cannot help.</summary>
    public bool IsFinal { get; init; }

    public string? NewVersion { get; init; }

    /// <summary>The calls whose failures made the execution fail.</summary>
    public IReadOnlyList<int> Causes { get; init; } = [];

    public IReadOnlyList<HistoryEvent> Carried { get; init; } = [];

    /// <summary>Sub-orchestrations still open that share a recursive termination.</summary>
    public IReadOnlyList<string> TerminateToo { get; init; } = [];

    public static TurnEnd Failed(Exception failure) => new(OrchestrationRuntimeStatus.Failed)
    {
        Output = FailureText.Cut(failure.Message),
        Failure = FailureText.Bound(failure switch
        {
            TaskFailedException task => new TaskFailureDetails(task.GetType().ToString(), task.Message, task.StackTrace, task.FailureDetails, null),
            OrchestratorMissingException => new TaskFailureDetails(OrchestratorMissingException.ErrorType, failure.Message, null, null, null),
            _ => TaskFailureDetails.FromException(failure),
        }),
        IsFinal = failure is OrchestratorMissingException,
        Causes = [.. FailureText.Calls(failure)],
    };
}
