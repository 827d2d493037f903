namespace Nightwatch.Domain.Queries.History;

/// <summary>A signal in a window beside a baseline.</summary>
/// <param name="Value">Mean over the window; null without data.</param>
/// <param name="Baseline">Mean over the baseline.</param>
/// <param name="Ratio">Value to baseline; null when the baseline is 0 or one is not known.</param>
/// <param name="Effect">How many times the baseline's own spread the mean moved, at most <see cref="Variation.MaxEffect"/>; null when it cannot be said.</param>
/// <param name="Beyond">Whether that is more than the baseline varies by itself; null when it cannot be said.</param>
/// <param name="Direction">up, down or same.</param>
public sealed record ComparedValues(
    double? Value, double? Baseline, double? Ratio, double? Effect, bool? Beyond, string? Direction, double? WindowMax, double? BaselineMedian, double? BaselineSpread, int Points, int BaselinePoints);

/// <summary>
/// Tells a change from noise. Means are compared with means; the spread is the median absolute deviation of the baseline's points (times 1.4826, which is a standard
/// deviation for normal noise), which a few outliers do not move. Source: Rousseeuw and Croux, "Alternatives to the Median Absolute Deviation", 1993.
/// </summary>
public static class Variation
{
    public const double MaxEffect = 1000;

    /// <summary>Spreads that the mean may move before it counts.</summary>
    public const double Bound = 3;

    /// <summary>Points that a baseline needs to have a spread.</summary>
    public const int MinPoints = 5;

    /// <summary>A baseline without any spread: a change of a hundredth is one spread.</summary>
    private const double LeastSpread = 0.01;

    public static ComparedValues Compare(IEnumerable<double> window, IEnumerable<double> baseline)
    {
        var now = window.Where(double.IsFinite).ToArray();
        var before = baseline.Where(double.IsFinite).ToArray();
        double? value = now.Length == 0 ? null : now.Average();
        double? mean = before.Length == 0 ? null : before.Average();
        var compared = new ComparedValues(
            value, mean, value is { } v && mean is { } m && m != 0 ? Finite(v / m) : null, null, null, Direction(value, mean), now.Length == 0 ? null : now.Max(), null, null, now.Length, before.Length);
        if (value is not { } of || mean is not { } from || before.Length < MinPoints)
        {
            return compared;
        }

        var median = Median(before);
        var spread = 1.4826 * Median([.. before.Select(b => Math.Abs(b - median))]);
        var scale = Math.Max(spread, LeastSpread * Math.Abs(median));
        var moved = Math.Abs(of - from);
        var effect = moved == 0 ? 0 : scale > 0 ? Math.Min(MaxEffect, moved / scale) : MaxEffect;
        return compared with { Effect = effect, Beyond = effect > Bound, BaselineMedian = median, BaselineSpread = spread };
    }

    /// <param name="values">At least one, in any order.</param>
    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>What lies above the baseline's mean, summed up over the window: failed requests per second become failed requests.</summary>
    public static double Excess(IEnumerable<double> perSecond, double baseline, TimeSpan step) =>
        perSecond.Where(double.IsFinite).Sum(v => Math.Max(0, v - baseline)) * step.TotalSeconds;

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static string? Direction(double? value, double? baseline) => value is not { } v || baseline is not { } b ? null : v > b ? "up" : v < b ? "down" : "same";
}
