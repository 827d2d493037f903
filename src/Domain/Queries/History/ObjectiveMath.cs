using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Queries.History;

/// <summary>What an objective is measured by at one time: of how many requests how many failed, or the 95th percentile (seconds) with a weight of one.</summary>
/// <param name="Total">Requests per second; 1 for latency.</param>
/// <param name="Bad">Failed requests per second; for latency 1 when the threshold is passed.</param>
/// <param name="Value">What a person would look at: the share of good or failed requests in percent, or seconds.</param>
public readonly record struct ObjectivePoint(DateTimeOffset At, double Total, double Bad, double Value);

/// <summary>A stretch of time in which the objective was broken at every point.</summary>
/// <param name="Worst">The value furthest from the objective.</param>
public sealed record BrokenInterval(DateTimeOffset Start, DateTimeOffset End, double Minutes, double Worst);

/// <summary>An objective measured over a window. Shares are 0 to 1, but for <see cref="Measured"/>, which is in percent as the objective is.</summary>
public sealed record ObjectiveMeasure
{
    /// <summary>Null when there are no data, or no requests.</summary>
    public double? Measured { get; init; }

    /// <summary>Null when it is not known.</summary>
    public bool? Compliant { get; init; }

    /// <summary>1 with nothing spent, below 0 when more was spent than there was.</summary>
    public double? ErrorBudgetLeft { get; init; }

    /// <summary>1 spends the budget of a window in just that window.</summary>
    public double? BurnRate { get; init; }

    /// <summary>Share of the window with data.</summary>
    public double Coverage { get; init; }

    public double BadMinutes { get; init; }

    public IReadOnlyList<BrokenInterval> Broken { get; init; } = [];

    /// <summary>Requests in the window, about; null for latency.</summary>
    public double? Requests { get; init; }

    public double? FailedRequests { get; init; }
}

/// <summary>
/// The arithmetic of objectives. Shares are weighted by requests: a minute with ten times as many counts ten times as much. Source: Google, "The Site Reliability
/// Workbook", chapters 2 and 5 (error budget, burn rate).
/// </summary>
public static class ObjectiveMath
{
    /// <summary>The share of bad events that the objective allows, 0 to 1.</summary>
    public static double Budget(SloKind kind, double objective) => kind == SloKind.ErrorRate ? objective / 100 : 1 - (objective / 100);

    /// <param name="points">One for each step that has data, in order of time.</param>
    /// <param name="expected">How many points a window without gaps has.</param>
    public static ObjectiveMeasure Measure(SloKind kind, double objective, IReadOnlyList<ObjectivePoint> points, TimeSpan step, int expected)
    {
        var coverage = expected <= 0 ? 0 : Math.Min(1, (double)points.Count / expected);
        var (total, bad) = (points.Sum(p => p.Total), points.Sum(p => p.Bad));
        if (!(total > 0))
        {
            return new ObjectiveMeasure { Coverage = coverage };
        }

        var budget = Budget(kind, objective);
        var share = bad / total;
        var broken = Broken(kind, budget, points, step);
        var isLatency = kind == SloKind.LatencyP95;
        return new ObjectiveMeasure
        {
            Measured = 100 * (kind == SloKind.ErrorRate ? share : 1 - share),
            // A share that is the budget itself, but for the last bits of the sum, is within it.
            Compliant = share <= budget * (1 + 1e-9),
            ErrorBudgetLeft = 1 - (share / budget),
            BurnRate = share / budget,
            Coverage = coverage,
            BadMinutes = broken.Sum(b => b.Minutes),
            Broken = broken,
            Requests = isLatency ? null : total * step.TotalSeconds,
            FailedRequests = isLatency ? null : bad * step.TotalSeconds,
        };
    }

    /// <summary>Requests by time. Where all of them are known but not the failed (or good) ones, there were none of those.</summary>
    /// <param name="isGood">Whether <paramref name="part"/> counts the good ones rather than the failed ones.</param>
    public static IReadOnlyList<ObjectivePoint> Points(SloKind kind, IReadOnlyDictionary<DateTimeOffset, double> total, IReadOnlyDictionary<DateTimeOffset, double> part, bool isGood)
    {
        var points = new List<ObjectivePoint>(total.Count);
        foreach (var (at, all) in total.OrderBy(t => t.Key))
        {
            if (!(all >= 0) || double.IsInfinity(all))
            {
                continue;
            }

            var counted = part.TryGetValue(at, out var value) && double.IsFinite(value) ? Math.Clamp(value, 0, all) : 0;
            var bad = isGood ? all - counted : counted;
            var share = all > 0 ? bad / all : 0;
            points.Add(new ObjectivePoint(at, all, bad, 100 * (kind == SloKind.ErrorRate ? share : 1 - share)));
        }

        return points;
    }

    /// <summary>Seconds by time; what is no number is no data.</summary>
    public static IReadOnlyList<ObjectivePoint> Latency(IReadOnlyDictionary<DateTimeOffset, double> seconds, double threshold) =>
        [.. seconds.Where(s => double.IsFinite(s.Value)).OrderBy(s => s.Key).Select(s => new ObjectivePoint(s.Key, 1, s.Value > threshold ? 1 : 0, s.Value))];

    private static List<BrokenInterval> Broken(SloKind kind, double budget, IReadOnlyList<ObjectivePoint> points, TimeSpan step)
    {
        var found = new List<BrokenInterval>();
        foreach (var point in points.Where(p => p.Total > 0 && (kind == SloKind.LatencyP95 ? p.Bad > 0 : p.Bad / p.Total > budget * (1 + 1e-9))))
        {
            // A point stands for the step that it ends.
            var start = point.At - step;
            if (found.Count > 0 && found[^1].End == start)
            {
                var last = found[^1];
                var worst = kind == SloKind.Availability ? Math.Min(last.Worst, point.Value) : Math.Max(last.Worst, point.Value);
                found[^1] = new BrokenInterval(last.Start, point.At, last.Minutes + step.TotalMinutes, worst);
            }
            else
            {
                found.Add(new BrokenInterval(start, point.At, step.TotalMinutes, point.Value));
            }
        }

        return found;
    }
}

/// <summary>Several series as one.</summary>
internal static class SeriesSums
{
    public static Dictionary<DateTimeOffset, double> Sum(IEnumerable<MetricSeries> series) => Join(series, (a, b) => a + b);

    public static Dictionary<DateTimeOffset, double> Max(IEnumerable<MetricSeries> series) => Join(series, Math.Max);

    private static Dictionary<DateTimeOffset, double> Join(IEnumerable<MetricSeries> series, Func<double, double, double> join)
    {
        var joined = new Dictionary<DateTimeOffset, double>();
        foreach (var point in series.SelectMany(s => s.Points).Where(p => !double.IsNaN(p.Value)))
        {
            joined[point.At] = joined.TryGetValue(point.At, out var before) ? join(before, point.Value) : point.Value;
        }

        return joined;
    }
}
