using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Queries.Catalogue;

/// <summary>
/// What a source of metrics exposes, made ready for questions: metrics by name, words to metrics, and names in labels to the labels that hold them. Built once per refresh of
/// the metadata and never changed; safe for many readers.
/// </summary>
public sealed class MetricCatalogue
{
    private static readonly string[] Suffixes = ["_bucket", "_sum", "_count"];
    private readonly Dictionary<string, MetricEntry> byName;
    private readonly MetricEntry[] entries;
    private readonly MetricIndex index;

    /// <param name="byName">The entries by their names; nobody changes it any more.</param>
    internal MetricCatalogue(Dictionary<string, MetricEntry> byName, MetricEntry[] entries, MetricIndex index, LabelNames names) =>
        (this.byName, this.entries, this.index, Names) = (byName, entries, index, names);

    public static MetricCatalogue Empty { get; } = Build([], []);

    public int Count => entries.Length;

    /// <summary>The values of labels that name something.</summary>
    internal LabelNames Names { get; }

    internal MetricIndex Index => index;

    /// <param name="series">Label sets with __name__, as many as were asked for; none for a metric means that its labels are not known.</param>
    public static MetricCatalogue Build(IEnumerable<MetricMetadata> metadata, IEnumerable<IReadOnlyDictionary<string, string>> series) =>
        new MetricCatalogueBuilder().AddMetadata(metadata).AddSeries(series).Build();

    /// <summary>The metric of that name; a histogram also by the names of its series.</summary>
    public MetricEntry? Find(string name)
    {
        if (byName.TryGetValue(name, out var entry))
        {
            return entry;
        }

        foreach (var suffix in Suffixes)
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal) && byName.TryGetValue(name[..^suffix.Length], out entry)
                && (entry.Kind == MetricKind.Histogram || (entry.Kind == MetricKind.Summary && suffix != "_bucket")))
            {
                return entry;
            }
        }

        return null;
    }

    internal MetricEntry this[int id] => entries[id];

    internal IEnumerable<MetricEntry> Entries => entries;
}
