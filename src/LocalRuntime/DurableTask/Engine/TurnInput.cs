using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>What a turn starts from: its lines (the turn's start, then what arrived) and the messages that they came from.</summary>
internal sealed record TurnInput
{
    public required IReadOnlyList<HistoryEvent> Lines { get; init; }

    public required IReadOnlyList<InboxMessage> Taken { get; init; }

    public required long Ticks { get; init; }

    /// <summary>Set when the instance ends without its function being called.</summary>
    public TurnEnd? NeverStarts { get; init; }

    /// <summary>Null when there is nothing to do.</summary>
    public static TurnInput? Collect(CachedInstance cache, List<InboxMessage> inbox, List<ActivityAnswer> answers, EngineState state, bool evenIfEmpty)
    {
        var record = cache.Record;
        var first = record.Rows == 1;
        if (!first && !evenIfEmpty && inbox.Count == 0 && answers.Count == 0)
        {
            return null;
        }

        // Messages for an earlier run of the instance are taken and dropped.
        var arrived = inbox.Where(message => message.Execution == 0 || message.Execution == record.Execution).Select(message => message.Line)
            .Concat(answers.Where(answer => answer.Execution == record.Execution).Select(answer => answer.Line)).ToList();
        var ticks = Math.Max(state.Now, arrived.Aggregate(record.Updated, (latest, line) => Math.Max(latest, line.Ticks)));
        var start = new HistoryEvent(HistoryKind.TurnStarted) { Ticks = ticks };
        if (first && record.Status == OrchestrationRuntimeStatus.Pending)
        {
            if (arrived.FirstOrDefault(line => line.Kind == HistoryKind.Terminated) is { } terminated)
            {
                var end = new TurnEnd(OrchestrationRuntimeStatus.Terminated) { Output = state.Replay.Data(terminated) };
                return new TurnInput { Lines = [start, terminated], Taken = inbox, Ticks = ticks, NeverStarts = end };
            }

            if (state.Store.WaitsForStart(record.Key))
            {
                return null;
            }
        }

        return new TurnInput { Lines = [start, .. arrived], Taken = inbox, Ticks = ticks };
    }
}
