using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Queries;

/// <summary>How much one question may ask of a source; the same for tools and for direct queries.</summary>
public sealed record QueryLimits
{
    public const string MaxResultsKey = "MAX_QUERY_RESULTS";
    public const string MaxRangeKey = "MAX_QUERY_RANGE_HOURS";
    public const string TimeoutKey = "QUERY_TIMEOUT_SECONDS";

    public const string MaxSeriesKey = "QUERY_MAX_SERIES";
    public const string MaxSamplesKey = "QUERY_MAX_SAMPLES";

    public static readonly TimeSpan NarrowestGrid = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan WidestGrid = TimeSpan.FromMinutes(1);

    public static QueryLimits Default { get; } = new();

    /// <summary>Lines, samples or series of one answer.</summary>
    public int MaxResults { get; init; } = 10_000;

    public TimeSpan MaxRange { get; init; } = TimeSpan.FromHours(168);

    /// <summary>From the question to its whole answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Series that one query of a person may read, as estimated before it is sent; 0 for no estimate.</summary>
    public long MaxSeries { get; init; } = 50_000;

    /// <summary>Samples that one query of a person may read, as estimated before it is sent.</summary>
    public long MaxSamples { get; init; } = 50_000_000;

    /// <summary>The window in UTC, or why it is refused.</summary>
    public (TimeWindow? Window, string? Error) Window(DateTimeOffset start, DateTimeOffset end) =>
        start > end ? (null, $"start ({ToolLimits.Iso(start)}) must not be after end ({ToolLimits.Iso(end)})")
        : end - start > MaxRange
            ? (null, $"start and end are {(end - start).TotalHours:0.#} h apart; the most is {MaxRange.TotalHours:0} h ({MaxRangeKey}). Ask for a shorter time.")
        : (new TimeWindow(start.ToUniversalTime(), end.ToUniversalTime()), null);

    /// <summary>
    /// The window on a grid of its step, so that the same question within a step is the same question: it holds all of the given window, but ends at most now. The grid
    /// is no wider than <see cref="WidestGrid"/>, since what is newest counts most; steps under <see cref="NarrowestGrid"/> keep the window as it is.
    /// </summary>
    public static TimeWindow Align(TimeWindow window, TimeSpan step, DateTimeOffset now)
    {
        if (step < NarrowestGrid)
        {
            return window;
        }

        var grid = step < WidestGrid ? step : WidestGrid;
        var start = Floor(window.Start, grid);
        var last = Floor(window.End, grid);
        var next = last == window.End.UtcTicks ? last : last + grid.Ticks;
        var fits = next <= now.UtcTicks && (next - start) / step.Ticks < ToolLimits.MaxPoints;
        return new TimeWindow(new DateTimeOffset(start, TimeSpan.Zero), new DateTimeOffset(fits ? next : last, TimeSpan.Zero));
    }

    /// <summary>The time on the grid of questions about one time.</summary>
    public static DateTimeOffset Align(DateTimeOffset at) => new(Floor(at, NarrowestGrid), TimeSpan.Zero);

    /// <summary>The first of the items that may be shown, and what is to be said of the others.</summary>
    public (IReadOnlyList<T> Kept, string? Note) Keep<T>(IReadOnlyList<T> items, string what) => items.Count <= MaxResults
        ? (items, null)
        : ([.. items.Take(MaxResults)], $"only the first {MaxResults} of {items.Count} {what} are kept ({MaxResultsKey})");

    private static long Floor(DateTimeOffset at, TimeSpan grid) => at.UtcTicks - (at.UtcTicks % grid.Ticks);
}
