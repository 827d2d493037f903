using System.Globalization;
using System.Text;

namespace Nightwatch.Adapters.MetricsEndpoint;

/// <summary>One series: a number, or a histogram's counts.</summary>
internal sealed class MetricCell(string labels, IReadOnlyList<double>? boundaries)
{
    private readonly Lock gate = new();
    private readonly long[]? buckets = boundaries is null ? null : new long[boundaries.Count + 1];
    private double sum;

    public string Labels => labels;

    /// <summary>The collection that last observed it; 0 for a series that is recorded when something happens.</summary>
    public long Collection { get; private set; }

    public void Record(FamilyKind kind, double value, long collection)
    {
        lock (gate)
        {
            Collection = collection;
            if (buckets is not null)
            {
                var at = 0;
                while (at < boundaries!.Count && value > boundaries[at])
                {
                    at++;
                }

                buckets[at]++;
            }

            // What is observed is the whole value; what is recorded is added, but for a gauge.
            sum = collection != 0 || kind == FamilyKind.Gauge ? value : sum + value;
        }
    }

    public void Write(StringBuilder text, string name, FamilyKind kind, IReadOnlyList<double> bounds)
    {
        lock (gate)
        {
            if (kind != FamilyKind.Histogram)
            {
                Line(text, name, "", labels, MetricName.Number(sum));
                return;
            }

            long count = 0;
            for (var i = 0; i < buckets!.Length; i++)
            {
                count += buckets[i];
                var le = $"le=\"{(i < bounds.Count ? MetricName.Number(bounds[i]) : "+Inf")}\"";
                Line(text, name, "_bucket", labels.Length == 0 ? le : $"{labels},{le}", count.ToString(CultureInfo.InvariantCulture));
            }

            Line(text, name, "_sum", labels, MetricName.Number(sum));
            Line(text, name, "_count", labels, count.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void Line(StringBuilder text, string name, string ending, string labels, string value)
    {
        text.Append(name).Append(ending);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value).Append('\n');
    }
}
