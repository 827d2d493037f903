namespace Nightwatch.Domain.Queries.Catalogue;

/// <summary>How a metric's values are to be read.</summary>
public enum MetricKind
{
    Unknown,
    Counter,
    Gauge,
    Histogram,
    Summary,
}

/// <summary>A metric as the source exposes it. For a histogram or summary the name is without _bucket, _sum and _count.</summary>
public sealed class MetricEntry
{
    /// <summary>More values of a label are not kept: a name that is not among them is then not known to be wrong.</summary>
    public const int MaxValues = 500;

    private Dictionary<string, HashSet<string>>? labels;

    internal MetricEntry(int id, string name, MetricKind kind, string help, string unit) => (Id, Name, Kind, Help, Unit) = (id, name, kind, help, unit);

    public string Name { get; }

    public MetricKind Kind { get; }

    public string Help { get; }

    public string Unit { get; }

    /// <summary>Whether the source told which series there are.</summary>
    public bool HasLabels => labels is not null;

    /// <summary>The histogram keeps its buckets in one sample (native).</summary>
    internal bool HasBuckets { get; set; } = true;

    internal int Id { get; }

    public IEnumerable<string> Labels => labels?.Keys ?? Enumerable.Empty<string>();

    public IReadOnlySet<string> Values(string label) => labels is not null && labels.TryGetValue(label, out var values) ? values : Nothing;

    private static readonly HashSet<string> Nothing = [];

    internal bool AddLabel(string label, string value)
    {
        labels ??= new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        if (!labels.TryGetValue(label, out var values))
        {
            labels[label] = values = new HashSet<string>(StringComparer.Ordinal);
        }

        return values.Count < MaxValues && values.Add(value);
    }
}
