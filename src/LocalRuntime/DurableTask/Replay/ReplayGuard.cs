namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Compares what the code asks for on replay with what history says it asked for.</summary>
internal static class ReplayGuard
{
    private const string Advice = "Was the orchestrator changed while this instance ran, or does it depend on time, chance, other state or something awaited that is not durable?";

    /// <summary>Takes the action that a line of history records.</summary>
    /// <exception cref="NonDeterministicOrchestrationException">There is none of that number, or it is another one.</exception>
    public static void Confirm(SortedDictionary<int, PendingAction> unmatched, HistoryEvent line)
    {
        if (!unmatched.Remove(line.Task, out var asked))
        {
            throw new NonDeterministicOrchestrationException(
                line.Task, $"Step {line.Task}: history has {PendingAction.Describe(line)}, the code asked for nothing. {Advice}");
        }

        if (!IsSame(asked.Line, line))
        {
            throw new NonDeterministicOrchestrationException(
                line.Task, $"Step {line.Task}: history has {PendingAction.Describe(line)}, the code asked for {asked.Describe()}. {Advice}");
        }
    }

    /// <exception cref="NonDeterministicOrchestrationException">The code asked for more than history has at the end of a turn.</exception>
    public static void RequireAllConfirmed(SortedDictionary<int, PendingAction> unmatched, RewoundCalls rewinds)
    {
        foreach (var (task, asked) in unmatched)
        {
            if (rewinds.IsDeferred(task))
            {
                continue;
            }

            throw new NonDeterministicOrchestrationException(
                task, $"Step {task}: history has nothing, the code asked for {asked.Describe()}. {Advice}");
        }
    }

    // Due times are not compared: a timer's time may come from a computation that was corrected, and the stored one counts.
    private static bool IsSame(HistoryEvent asked, HistoryEvent line) =>
        asked.Kind == line.Kind &&
        string.Equals(asked.Name, line.Name, StringComparison.OrdinalIgnoreCase) &&
        (line.Kind == HistoryKind.TimerCreated || string.Equals(asked.Target, line.Target, StringComparison.Ordinal));
}
