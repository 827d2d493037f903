using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Queries.History;

/// <summary>Fewer points of a series that still show its peaks: of each stretch of time the lowest and the highest point stay, at their own times.</summary>
public static class Downsampling
{
    public const int MinPoints = 4;

    /// <param name="most">At least <see cref="MinPoints"/>.</param>
    public static MetricSeries MinMax(MetricSeries series, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, MinPoints);
        var points = series.Points;
        if (points.Count <= most)
        {
            return series;
        }

        // The first and the last point stay as they are, so that the window is seen to its ends.
        var buckets = (most - 2) / 2;
        var kept = new List<MetricPoint>(most) { points[0] };
        var inner = points.Count - 2;
        for (var i = 0; i < buckets; i++)
        {
            var from = 1 + (int)((long)inner * i / buckets);
            var to = 1 + (int)((long)inner * (i + 1) / buckets);
            Extremes(points, from, to, kept);
        }

        kept.Add(points[^1]);
        return series with { Points = kept };
    }

    private static void Extremes(IReadOnlyList<MetricPoint> points, int from, int to, List<MetricPoint> kept)
    {
        var (low, high) = (-1, -1);
        for (var i = from; i < to; i++)
        {
            if (double.IsNaN(points[i].Value))
            {
                continue;
            }

            low = low < 0 || points[i].Value < points[low].Value ? i : low;
            high = high < 0 || points[i].Value > points[high].Value ? i : high;
        }

        if (low < 0)
        {
            // Nothing but NaN stays visible as a gap.
            kept.Add(points[from]);
            return;
        }

        kept.Add(points[Math.Min(low, high)]);
        if (low != high)
        {
            kept.Add(points[Math.Max(low, high)]);
        }
    }
}
