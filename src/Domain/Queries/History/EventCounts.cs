using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Queries.History;

/// <summary>Log lines in one bucket of time (after its start, up to and with its end), all and by level.</summary>
public sealed record EventBucket(DateTimeOffset Start, DateTimeOffset End, long Total, IReadOnlyDictionary<string, long> Levels);

public sealed record EventHour(DateTimeOffset Start, DateTimeOffset End, long Count);

/// <summary>Counts of lines, put together from the series that a source gave.</summary>
public sealed record EventCounts(long Total, IReadOnlyDictionary<string, long> Levels, IReadOnlyList<EventBucket> Buckets, EventHour? PeakHour)
{
    public const string Unknown = "unknown";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>The ends of the buckets, counted back from the end of the window; the first bucket may be shorter than the others.</summary>
    public static IReadOnlyList<DateTimeOffset> Ends(TimeWindow window, TimeSpan bucket)
    {
        var ends = new List<DateTimeOffset>();
        for (var end = window.End; end > window.Start; end -= bucket)
        {
            ends.Add(end);
        }

        ends.Reverse();
        return ends;
    }

    /// <param name="total">Lines by the end of their bucket; none stands for no line.</param>
    /// <param name="byLevel">The same by level, as far as it is known. Lines that are in <paramref name="total"/> only are of unknown level.</param>
    public static EventCounts Of(
        TimeWindow window, TimeSpan bucket, IReadOnlyDictionary<DateTimeOffset, double> total, IReadOnlyDictionary<string, IReadOnlyDictionary<DateTimeOffset, double>> byLevel)
    {
        var buckets = new List<EventBucket>();
        var start = window.Start;
        foreach (var end in Ends(window, bucket))
        {
            var levels = new SortedDictionary<string, long>(StringComparer.Ordinal);
            foreach (var (level, counts) in byLevel)
            {
                Add(levels, level, Count(counts, end));
            }

            var known = levels.Values.Sum();
            var all = Math.Max(Count(total, end), known);
            Add(levels, Unknown, all - known);
            buckets.Add(new EventBucket(start, end, all, levels));
            start = end;
        }

        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (level, count) in buckets.SelectMany(b => b.Levels))
        {
            Add(sums, level, count);
        }

        return new EventCounts(buckets.Sum(b => b.Total), sums, buckets, Peak(window, bucket, buckets));
    }

    /// <summary>The hour, counted back from the end of the window, with the most lines; the earliest of several. Null when buckets do not make up hours, or nothing was logged.</summary>
    private static EventHour? Peak(TimeWindow window, TimeSpan bucket, IReadOnlyList<EventBucket> buckets)
    {
        if (bucket > Hour || Hour.Ticks % bucket.Ticks != 0 || buckets.All(b => b.Total == 0))
        {
            return null;
        }

        var peak = buckets.GroupBy(b => (window.End - b.End).Ticks / Hour.Ticks).Select(g => (Hours: g.Key, Count: g.Sum(b => b.Total))).OrderByDescending(h => h.Count).ThenByDescending(h => h.Hours).First();
        var end = window.End - (peak.Hours * Hour);
        return new EventHour(end - Hour > window.Start ? end - Hour : window.Start, end, peak.Count);
    }

    private static long Count(IReadOnlyDictionary<DateTimeOffset, double> counts, DateTimeOffset at) =>
        counts.TryGetValue(at, out var value) && value > 0 && value < long.MaxValue ? (long)Math.Round(value) : 0;

    private static void Add(SortedDictionary<string, long> to, string level, long count)
    {
        if (count > 0)
        {
            to[level] = to.GetValueOrDefault(level) + count;
        }
    }
}
