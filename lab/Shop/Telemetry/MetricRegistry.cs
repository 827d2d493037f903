using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Nightwatch.Shop.Telemetry;

/// <summary>Counters, gauges and histograms in Prometheus' text format 0.0.4. Label values come from our own code, so their number is bounded.</summary>
internal sealed class MetricRegistry
{
    private readonly List<Action<StringBuilder>> families = [];

    public Counter Counter(string name, string help, params string[] labels)
    {
        var counter = new Counter(labels);
        families.Add(text => WriteFamily(text, name, help, "counter", counter.Samples));
        return counter;
    }

    public void Gauge(string name, string help, Func<double> read, string type = "gauge") =>
        families.Add(text => WriteFamily(text, name, help, type, [("", read())]));

    public void Info(string name, string help, params (string Label, string Value)[] labels)
    {
        var set = "{" + string.Join(',', labels.Select(l => $"{l.Label}=\"{l.Value}\"")) + "}";
        families.Add(text => WriteFamily(text, name, help, "gauge", [(set, 1)]));
    }

    public Histogram Histogram(string name, string help, params string[] labels)
    {
        var histogram = new Histogram(labels);
        families.Add(text =>
        {
            Head(text, name, help, "histogram");
            histogram.Write(text, name);
        });
        return histogram;
    }

    public string Render()
    {
        var text = new StringBuilder(8192);
        foreach (var family in families)
        {
            family(text);
        }

        return text.ToString();
    }

    internal static string LabelSet(string[] names, string[] values)
    {
        if (names.Length != values.Length)
        {
            throw new ArgumentException($"{names.Length} labels and {values.Length} values", nameof(values));
        }

        return names.Length == 0 ? "" : "{" + string.Join(',', names.Zip(values, (n, v) => $"{n}=\"{v.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"")) + "}";
    }

    internal static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void WriteFamily(StringBuilder text, string name, string help, string type, IEnumerable<(string Labels, double Value)> samples)
    {
        Head(text, name, help, type);
        foreach (var (labels, value) in samples)
        {
            text.Append(name).Append(labels).Append(' ').Append(Number(value)).Append('\n');
        }
    }

    private static void Head(StringBuilder text, string name, string help, string type) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
}

internal sealed class Counter(string[] labels)
{
    private readonly ConcurrentDictionary<string, long> values = new();

    public IEnumerable<(string Labels, double Value)> Samples => values.Select(v => (v.Key, (double)v.Value));

    public void Add(params string[] labelValues) => values.AddOrUpdate(MetricRegistry.LabelSet(labels, labelValues), 1, static (_, old) => old + 1);
}

internal sealed class Histogram(string[] labels)
{
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<string, Series> series = new();

    /// <param name="seconds">The observed duration.</param>
    /// <param name="labelValues">In the order of the names.</param>
    public void Observe(double seconds, params string[] labelValues) => series.GetOrAdd(MetricRegistry.LabelSet(labels, labelValues), static _ => new Series()).Observe(seconds);

    public void Write(StringBuilder text, string name)
    {
        foreach (var (set, one) in series)
        {
            var inner = set.Length == 0 ? "" : set[1..^1] + ",";
            var (buckets, sum) = one.Read();
            var total = 0L;
            for (var i = 0; i < buckets.Length; i++)
            {
                total += buckets[i];
                var bound = i < Bounds.Length ? MetricRegistry.Number(Bounds[i]) : "+Inf";
                text.Append(name).Append("_bucket{").Append(inner).Append("le=\"").Append(bound).Append("\"} ").Append(total).Append('\n');
            }

            text.Append(name).Append("_sum").Append(set).Append(' ').Append(MetricRegistry.Number(sum)).Append('\n');
            text.Append(name).Append("_count").Append(set).Append(' ').Append(total).Append('\n');
        }
    }

    private sealed class Series
    {
        private readonly Lock gate = new();
        private readonly long[] buckets = new long[Bounds.Length + 1];
        private double sum;

        public void Observe(double seconds)
        {
            var at = Array.FindIndex(Bounds, b => seconds <= b);
            lock (gate)
            {
                buckets[at < 0 ? Bounds.Length : at]++;
                sum += seconds;
            }
        }

        public (long[] Buckets, double Sum) Read()
        {
            lock (gate)
            {
                return ([.. buckets], sum);
            }
        }
    }
}
