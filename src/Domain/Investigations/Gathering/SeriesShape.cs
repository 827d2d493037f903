namespace Nightwatch.Domain.Investigations.Gathering;

/// <summary>One measured point; times in Unix seconds.</summary>
internal readonly record struct Point(double At, double Value);

/// <summary>
/// What a series did around an alert's start: its level before and during, when it changed, how far it went, and how steadily it climbs.
/// </summary>
/// <remarks>
/// The onset is the least-squares change point: the split of the series into two constant levels that leaves the smallest squared error (one step of binary
/// segmentation, Scott and Knott 1974). It counts when the split explains more than half of the variance and the levels are three times the usual
/// variation apart. The usual variation is 1.4826 times the median absolute deviation of the points before.
/// </remarks>
internal sealed record SeriesShape
{
    private const int LeastPoints = 3;

    /// <summary>Median before the onset, or before the start with a margin; null when there are fewer than three points.</summary>
    public double? Before { get; private init; }

    public required double During { get; init; }

    public required double Latest { get; init; }

    public required double Max { get; init; }

    public double Spread { get; private init; }

    public DateTimeOffset? Onset { get; private init; }

    public required DateTimeOffset First { get; init; }

    public required DateTimeOffset Last { get; init; }

    public required DateTimeOffset MaxAt { get; init; }

    /// <summary>Slope per hour of the last climb (from the last point near the level before to the end), and its r².</summary>
    public double SlopePerHour { get; private init; }

    public double Trend { get; private init; }

    public static SeriesShape? Of(IReadOnlyList<Point> points, DateTimeOffset startsAt)
    {
        if (points.Count == 0)
        {
            return null;
        }

        var start = startsAt.ToUnixTimeMilliseconds() / 1000d;
        var max = points.MaxBy(p => p.Value);
        var split = ChangePoint(points, start);
        var (left, right) = split is { } at ? (points.Take(at).ToList(), points.Skip(at).ToList()) : AroundStart(points, start);
        var before = left.Count >= LeastPoints ? Median(left) : (double?)null;
        var (slope, trend) = Climb(points, left.Count >= LeastPoints ? Median(left.Take(Math.Max(LeastPoints, left.Count / 2)).ToList()) : points[0].Value);
        return new SeriesShape
        {
            Before = before,
            During = Settled(right.Count > 0 ? right : [.. points]),
            Latest = points[^1].Value,
            Max = max.Value,
            MaxAt = Time(max.At),
            Spread = before is { } level ? 1.4826 * Median([.. left.Select(p => p with { Value = Math.Abs(p.Value - level) })]) : 0,
            Onset = split is { } index ? Time(points[index].At) : null,
            First = Time(points[0].At),
            Last = Time(points[^1].At),
            SlopePerHour = slope * 3600,
            Trend = trend,
        };
    }

    /// <summary>Without an onset: before the start less a margin for detection, and from the margin's last part on.</summary>
    private static (List<Point> Left, List<Point> Right) AroundStart(IReadOnlyList<Point> points, double start)
    {
        var margin = Math.Clamp((start - points[0].At) * 0.4, 0, 300);
        return ([.. points.Where(p => p.At < start - margin)], [.. points.Where(p => p.At >= start - (margin / 4))]);
    }

    /// <summary>The level after a change: a rate takes its window to arrive there, so the first third is left out when there is enough.</summary>
    private static double Settled(List<Point> points) => Median(points.Count >= 6 ? points[(points.Count / 3)..] : points);

    private static int? ChangePoint(IReadOnlyList<Point> points, double start)
    {
        if (points.Count < 2 * LeastPoints)
        {
            return null;
        }

        var (sums, squares) = Prefixes(points);
        var total = Error(sums, squares, 0, points.Count);
        var (best, least) = (-1, double.MaxValue);
        for (var i = LeastPoints; i <= points.Count - 2; i++)
        {
            var error = Error(sums, squares, 0, i) + Error(sums, squares, i, points.Count);
            if (error < least)
            {
                (best, least) = (i, error);
            }
        }

        if (total <= 0 || best < 0 || 1 - (least / total) < 0.5 || points[best].At < start - 1800)
        {
            return null;
        }

        var (left, right) = (points.Take(best).ToList(), points.Skip(best).ToList());
        var (low, high) = (Median(left), Median(right));
        var usual = 1.4826 * Median([.. left.Select(p => p with { Value = Math.Abs(p.Value - low) })]);
        return Math.Abs(high - low) > Math.Max(3 * usual, 0.02 * Math.Abs(low)) ? best : null;
    }

    private static (double[] Sums, double[] Squares) Prefixes(IReadOnlyList<Point> points)
    {
        var (sums, squares) = (new double[points.Count + 1], new double[points.Count + 1]);
        var centre = points[0].Value;
        for (var i = 0; i < points.Count; i++)
        {
            var value = points[i].Value - centre;
            (sums[i + 1], squares[i + 1]) = (sums[i] + value, squares[i] + (value * value));
        }

        return (sums, squares);
    }

    private static double Error(double[] sums, double[] squares, int from, int to)
    {
        var sum = sums[to] - sums[from];
        return Math.Max(0, squares[to] - squares[from] - (sum * sum / (to - from)));
    }

    private static (double Slope, double Trend) Climb(IReadOnlyList<Point> points, double level)
    {
        var near = level + (0.1 * (points[^1].Value - level));
        var from = points.Count - 1;
        while (from > 0 && points[from].Value > near)
        {
            from--;
        }

        var part = points.Skip(from).ToList();
        if (points[^1].Value <= level || part.Count < 5)
        {
            return (0, 0);
        }

        var (meanX, meanY) = (part.Average(p => p.At), part.Average(p => p.Value));
        var (xx, xy, yy) = (0d, 0d, 0d);
        foreach (var point in part)
        {
            var (x, y) = (point.At - meanX, point.Value - meanY);
            (xx, xy, yy) = (xx + (x * x), xy + (x * y), yy + (y * y));
        }

        return xx > 0 && yy > 0 ? (xy / xx, xy * xy / (xx * yy)) : (0, 0);
    }

    private static double Median(List<Point> points)
    {
        var values = points.Select(p => p.Value).Order().ToList();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }

    private static DateTimeOffset Time(double seconds) => DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000));
}
