using System.Globalization;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// How history says which timers were cancelled: the line that starts a turn carries, as its data, the numbers of those that the turn cancelled. Replay does
/// not need it; the doctor tells by it a cancelled timer from a lost one. Timers of an earlier version lack the flag that says so and are never missed.
/// </summary>
internal static class CancelledTimers
{
    /// <summary>The line that stores a new timer.</summary>
    public static HistoryEvent Created(long due) => new(HistoryKind.TimerCreated) { Ticks = due, Flag = true };

    /// <summary>True for timers whose cancellation would stand in history.</summary>
    public static bool AreKnownOf(HistoryEvent line) => line is { Kind: HistoryKind.TimerCreated, Flag: true };

    /// <summary>The lines of a turn, its start with what it cancelled.</summary>
    public static IEnumerable<HistoryEvent> Note(IReadOnlyList<HistoryEvent> turn, IReadOnlyList<int> cancelled) => cancelled.Count == 0
        ? turn
        : turn.Select(line => line.Kind == HistoryKind.TurnStarted
            ? line with { Data = string.Join(',', cancelled.Select(task => task.ToString(CultureInfo.InvariantCulture))) }
            : line);

    /// <summary>The numbers of all timers that a history says were cancelled.</summary>
    /// <param name="lines">The history.</param>
    /// <param name="payload">Reads a payload by its key: a turn that cancelled thousands says so at length.</param>
    public static IEnumerable<int> Of(IEnumerable<HistoryEvent> lines, Func<long, string> payload) => lines
        .Where(line => line.Kind == HistoryKind.TurnStarted)
        .Select(line => line.Payload != 0 ? payload(line.Payload) : line.Data)
        .OfType<string>()
        .SelectMany(text => text.Split(','))
        .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var task) ? task : -1);
}
