using System.Globalization;
using System.Text;

namespace Nightwatch.Adapters.MetricsEndpoint;

internal enum FamilyKind
{
    /// <summary>Measurements are added.</summary>
    Counter,

    /// <summary>Measurements are added; the sum may fall.</summary>
    UpDown,

    /// <summary>The last measurement counts.</summary>
    Gauge,

    Histogram,
}

/// <summary>All series of one metric. Recording takes a lock per series, finding the series none; at most <see cref="MaxSeries"/> series are kept.</summary>
internal sealed class MetricFamily(string name, string help, FamilyKind kind, bool isCounterType, IReadOnlyList<double> boundaries)
{
    public const int MaxSeries = 500;
    private const int MaxValueLength = 128;
    private const string Overflow = "overflow=\"true\"";

    private readonly Lock gate = new();
    private readonly Dictionary<string, MetricCell> byLabels = new(StringComparer.Ordinal);

    // Copied on each new series, so that reading needs no lock; new series are rare once a process has warmed up.
    private volatile Dictionary<int, KnownTags[]> known = [];

    public FamilyKind Kind => kind;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, long collection) => Find(tags).Record(kind, value, collection);

    public void Write(StringBuilder text, long collection)
    {
        List<MetricCell> cells;
        lock (gate)
        {
            cells = [.. byLabels.Values];
        }

        // An observable instrument that no longer reports a series has ended it.
        cells.RemoveAll(c => c.Collection != 0 && c.Collection != collection);
        if (cells.Count == 0)
        {
            return;
        }

        text.Append("# HELP ").Append(name).Append(' ').Append(MetricName.EscapeHelp(help.Length == 0 ? name : help)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(kind == FamilyKind.Histogram ? "histogram" : isCounterType ? "counter" : "gauge").Append('\n');
        foreach (var cell in cells.OrderBy(c => c.Labels, StringComparer.Ordinal))
        {
            cell.Write(text, name, kind, boundaries);
        }
    }

    private MetricCell Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = Hash(tags);
        if (known.TryGetValue(hash, out var candidates))
        {
            foreach (var candidate in candidates)
            {
                if (candidate.Matches(tags))
                {
                    return candidate.Cell;
                }
            }
        }

        return Add(hash, tags);
    }

    private MetricCell Add(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = LabelsOf(tags);
        lock (gate)
        {
            var full = byLabels.Count >= MaxSeries && !byLabels.ContainsKey(labels);
            var key = full ? Overflow : labels;
            if (!byLabels.TryGetValue(key, out var cell))
            {
                byLabels[key] = cell = new MetricCell(key, kind == FamilyKind.Histogram ? boundaries : null);
            }

            if (!full && known.Values.Sum(k => k.Length) < MaxSeries * 4)
            {
                var copy = new Dictionary<int, KnownTags[]>(known);
                copy[hash] = [.. copy.GetValueOrDefault(hash, []), new KnownTags(tags.ToArray(), cell)];
                known = copy;
            }

            return cell;
        }
    }

    private static int Hash(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = new HashCode();
        foreach (var (key, value) in tags)
        {
            hash.Add(key);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <summary>Sorted, so that the order of tags makes no second series; of two tags with one name the last counts.</summary>
    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            var shown = value switch
            {
                null => "",
                bool flag => flag ? "true" : "false",
                _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
            };
            labels[MetricName.Label(key)] = shown.Length <= MaxValueLength ? shown : shown[..MaxValueLength];
        }

        return string.Join(',', labels.Select(l => $"{l.Key}=\"{MetricName.EscapeLabel(l.Value)}\""));
    }

    private sealed class KnownTags(KeyValuePair<string, object?>[] tags, MetricCell cell)
    {
        public MetricCell Cell => cell;

        public bool Matches(ReadOnlySpan<KeyValuePair<string, object?>> others)
        {
            if (others.Length != tags.Length)
            {
                return false;
            }

            for (var i = 0; i < tags.Length; i++)
            {
                if (tags[i].Key != others[i].Key || !Equals(tags[i].Value, others[i].Value))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
