using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Nightwatch.Bench;

/// <summary>Durations measured side by side, and their percentiles.</summary>
internal sealed class Samples
{
    private readonly ConcurrentBag<double> milliseconds = [];

    public int Count => milliseconds.Count;

    public double Median => Percentile(.5);

    public void AddSince(long started) => milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);

    public void Add(double measured) => milliseconds.Add(measured);

    public double Percentile(double share)
    {
        var sorted = milliseconds.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {Percentile(.5):0.0} ms, p99 {Percentile(.99):0.0} ms, max {Percentile(1):0.0} ms ({Count} samples)");
}
