using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Tools.Metrics;

/// <summary>Reads the label sets of series as metrics with a type and the values of their labels.</summary>
internal static class FoundSeries
{
    /// <summary>Values kept of a label; enough to tell what it is.</summary>
    public const int MaxValues = 20;

    /// <summary>Metadata is kept by family: a histogram's _bucket, _sum and _count and a counter's _total belong to the name without the ending.</summary>
    public static MetricMetadata Describe(Dictionary<string, MetricMetadata> metadata, string name)
    {
        if (metadata.TryGetValue(name, out var own))
        {
            return own;
        }

        var at = name.LastIndexOf('_');
        return at > 0 && name[at..] is "_bucket" or "_sum" or "_count" or "_total" && metadata.TryGetValue(name[..at], out var family)
            ? family with { Name = name }
            : new MetricMetadata(name, "unknown", "", "");
    }

    public static SortedDictionary<string, IReadOnlyList<string>> LabelsOf(IEnumerable<IReadOnlyDictionary<string, string>> series)
    {
        var values = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var (label, value) in series.SelectMany(s => s).Where(l => l.Key != "__name__"))
        {
            if (!values.TryGetValue(label, out var set))
            {
                values[label] = set = new SortedSet<string>(StringComparer.Ordinal);
            }

            if (set.Count < MaxValues)
            {
                set.Add(value);
            }
        }

        return new(values.ToDictionary(v => v.Key, v => (IReadOnlyList<string>)[.. v.Value]), StringComparer.Ordinal);
    }
}
