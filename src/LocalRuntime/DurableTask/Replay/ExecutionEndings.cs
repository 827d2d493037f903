using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Says whether and how an execution has ended: terminated, failed, completed or continued as new.</summary>
internal sealed class ExecutionEndings(OrchestrationIdentity identity, ReplayServices services, OrchestratorContext context)
{
    /// <summary>Null while the execution goes on.</summary>
    /// <param name="run">The orchestrator's task; null before it was called.</param>
    /// <param name="terminated">The line that terminated it, if one did.</param>
    /// <param name="held">What a suspension holds back: its own line and what came after it. An execution that continues as new stays suspended.</param>
    public TurnEnd? Of(Task<object?>? run, HistoryEvent? terminated, IReadOnlyList<HistoryEvent> held)
    {
        if (terminated is not null)
        {
            return Terminated(terminated);
        }

        if (run is null || !run.IsCompleted || context.HasOpenCalls)
        {
            return null;
        }

        if (!run.IsCompletedSuccessfully)
        {
            return TurnEnd.Failed(run.Exception?.InnerException ?? new TaskCanceledException(run));
        }

        try
        {
            return context.NextRun is { } next ? Continued(next, held) : Completed(run.Result);
        }
        catch (Exception failure)
        {
            return TurnEnd.Failed(failure);
        }
    }

    private TurnEnd Terminated(HistoryEvent terminated)
    {
        var open = context.OpenCalls.Values.Select(call => call.Line).Where(line => line.Kind == HistoryKind.SubScheduled);
        return new TurnEnd(OrchestrationRuntimeStatus.Terminated)
        {
            Output = services.Data(terminated),
            TerminateToo = terminated.Flag ? [.. open.Select(line => line.Target!)] : [],
        };
    }

    private TurnEnd Completed(object? output) =>
        new(OrchestrationRuntimeStatus.Completed) { Output = services.Serialize(output, $"The output of orchestrator '{identity.Name}'") };

    private TurnEnd Continued(NextRun next, IReadOnlyList<HistoryEvent> held) => new(OrchestrationRuntimeStatus.ContinuedAsNew)
    {
        Output = next.Input,
        NewVersion = next.Version,
        Carried = [.. context.Events.Unprocessed(next.KeepsEvents).Concat(held.Where(line => line.Kind is HistoryKind.Suspended or HistoryKind.EventRaised))],
    };
}
