using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Queries.Catalogue;

/// <summary>Collects metadata and series into a catalogue. A metric without metadata is judged by its name.</summary>
internal sealed class MetricCatalogueBuilder
{
    private static readonly HashSet<string> NoNames = new(StringComparer.Ordinal) { "__name__", "le", "quantile", "id", "uid", "container_id", "image_id", "uuid", "trace_id", "span_id" };
    private readonly Dictionary<string, MetricEntry> entries = new(StringComparer.Ordinal);
    private readonly LabelNames names = new();

    public MetricCatalogueBuilder AddMetadata(IEnumerable<MetricMetadata> metadata)
    {
        if (metadata.TryGetNonEnumeratedCount(out var count))
        {
            entries.EnsureCapacity(count);
        }

        foreach (var item in metadata)
        {
            var kind = KindOf(item.Type);
            // Some exporters say "untyped" of everything, and some counters call themselves gauges.
            kind = kind is MetricKind.Unknown ? ByName(item.Name) : kind;
            entries.TryAdd(item.Name, new MetricEntry(entries.Count, item.Name, kind, item.Help, item.Unit.Length > 0 ? item.Unit : MetricUnits.OfName(item.Name)));
        }

        return this;
    }

    public MetricCatalogueBuilder AddSeries(IEnumerable<IReadOnlyDictionary<string, string>> series)
    {
        foreach (var labels in series)
        {
            if (!labels.TryGetValue("__name__", out var name))
            {
                continue;
            }

            var entry = EntryOf(name);
            foreach (var (label, value) in labels)
            {
                if (label != "__name__" && value.Length is > 0 and < 256 && entry.AddLabel(label, value) && !NoNames.Contains(label))
                {
                    names.Add(label, value);
                }
            }
        }

        return this;
    }

    public MetricCatalogue Build()
    {
        var all = entries.Values.ToArray();
        var index = new MetricIndex(all.Length);
        foreach (var entry in all)
        {
            index.Add(entry);
        }

        index.Freeze(all.Length);
        return new MetricCatalogue(entries, all, index, names.Freeze());
    }

    private MetricEntry EntryOf(string name)
    {
        if (entries.TryGetValue(name, out var entry))
        {
            return entry;
        }

        foreach (var suffix in new[] { "_bucket", "_sum", "_count" })
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal) && entries.TryGetValue(name[..^suffix.Length], out entry) && entry.Kind is MetricKind.Histogram or MetricKind.Summary)
            {
                return entry;
            }
        }

        var kind = name.EndsWith("_bucket", StringComparison.Ordinal) ? MetricKind.Histogram : ByName(name);
        name = kind == MetricKind.Histogram ? name[..^"_bucket".Length] : name;
        return entries.TryGetValue(name, out entry) ? entry : entries[name] = new MetricEntry(entries.Count, name, kind, "", MetricUnits.OfName(name));
    }

    private static MetricKind KindOf(string type) => type switch
    {
        "counter" => MetricKind.Counter,
        "gauge" or "info" or "stateset" => MetricKind.Gauge,
        "histogram" or "gaugehistogram" => MetricKind.Histogram,
        "summary" => MetricKind.Summary,
        _ => MetricKind.Unknown,
    };

    private static MetricKind ByName(string name) =>
        name.EndsWith("_total", StringComparison.Ordinal) || name.EndsWith("_count", StringComparison.Ordinal) || name.EndsWith("_sum", StringComparison.Ordinal) ? MetricKind.Counter : MetricKind.Gauge;
}
