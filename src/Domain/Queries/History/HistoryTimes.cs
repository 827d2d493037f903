using System.Globalization;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Queries.History;

/// <summary>Windows and steps of questions about the past, also those that are longer than one query may be.</summary>
internal sealed class HistoryTimes(QueryLimits limits, TimeProvider time)
{
    /// <summary>Queries that one long window is split into at most.</summary>
    public const int MaxParts = 60;

    private static readonly int[] Steps = [60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

    public TimeProvider Clock => time;

    /// <summary>What is left out is now for the end, and <paramref name="length"/> before the end for the start.</summary>
    public (TimeWindow? Window, ToolResult? Failure) Window(DateTimeOffset? start, DateTimeOffset? end, TimeSpan length)
    {
        var until = (end ?? time.GetUtcNow()).ToUniversalTime();
        var from = start?.ToUniversalTime() ?? (until - DateTimeOffset.MinValue > length ? until - length : DateTimeOffset.MinValue);
        if (from >= until)
        {
            return (null, Outcome.Wrong("start", $"start ({ToolLimits.Iso(from)}) must be before end ({ToolLimits.Iso(until)})."));
        }

        var most = MaxParts * limits.MaxRange;
        return until - from > most
            ? (null, Outcome.Wrong("start", string.Create(
                CultureInfo.InvariantCulture, $"start and end are {(until - from).TotalDays:0.#} days apart; the most is {most.TotalDays:0} days ({MaxParts} times {QueryLimits.MaxRangeKey}).")))
            : (new TimeWindow(from, until), null);
    }

    /// <summary>The shortest of the usual steps from one minute on that gives at most <paramref name="points"/>.</summary>
    public static TimeSpan Step(TimeSpan length, int points) => TimeSpan.FromSeconds(
        Array.Find(Steps, s => length.TotalSeconds / s <= points) is var step and > 0 ? step : Math.Ceiling(length.TotalSeconds / points / 86_400) * 86_400);

    /// <summary>
    /// The window in parts that a query may have, in order. The times of evaluation, start + n * step, are each in one part, and are those of the undivided window.
    /// </summary>
    public IReadOnlyList<TimeWindow> Parts(TimeWindow window, TimeSpan step)
    {
        // Prometheus takes at most 11,000 points for each series.
        var steps = Math.Max(0, Math.Min((long)(limits.MaxRange / step), ToolLimits.MaxPoints - 1));
        if (window.Length <= steps * step)
        {
            return [window];
        }

        var parts = new List<TimeWindow>();
        for (var from = window.Start; from <= window.End; from += (steps + 1) * step)
        {
            var to = from + (steps * step);
            parts.Add(new TimeWindow(from, to < window.End ? to : window.End));
        }

        return parts;
    }
}
