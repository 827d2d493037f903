namespace Nightwatch.Domain.Queries.Catalogue;

/// <summary>
/// Which metrics have a word in their name or help: lists of (metric, weight) per stem, in one array. Words that are in many names count for little, as in BM25
/// (Robertson and Zaragoza 2009), and the shorter of two names that hold the same words wins.
/// </summary>
internal sealed class MetricIndex
{
    private const int NameWeight = 4;
    private const int HelpWeight = 1;
    private readonly Dictionary<string, int> stems = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> raw = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private readonly List<(int Stem, int Metric, int Weight)> collected = [];
    private int[] starts = [];
    private (int Metric, int Weight)[] postings = [];
    private int[] lengths = [];

    public MetricIndex() => lookup = raw.GetAlternateLookup<ReadOnlySpan<char>>();

    public IEnumerable<string> Stems => stems.Keys;

    public bool Has(string stem) => stems.ContainsKey(stem);

    public void Add(MetricEntry entry)
    {
        NameTokens.OfName(entry.Name, (Index: this, entry.Id), static (part, at) => at.Index.Collect(part, at.Id, NameWeight));
        NameTokens.OfHelp(entry.Help, (Index: this, entry.Id), static (part, at) => at.Index.Collect(part, at.Id, HelpWeight));
    }

    /// <summary>Sorts what was collected; nothing is added afterwards.</summary>
    public void Freeze(int metrics)
    {
        starts = new int[stems.Count + 1];
        lengths = new int[metrics];
        foreach (var (stem, metric, weight) in collected)
        {
            starts[stem + 1]++;
            lengths[metric] += weight == NameWeight ? 1 : 0;
        }

        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        postings = new (int, int)[collected.Count];
        var next = starts.AsSpan(0, stems.Count).ToArray();
        foreach (var (stem, metric, weight) in collected)
        {
            postings[next[stem]++] = (metric, weight);
        }

        collected.Clear();
        collected.TrimExcess();
    }

    /// <summary>The metrics that hold the most and the rarest of the words, best first. A word's alternatives count once for a metric.</summary>
    public IReadOnlyList<(int Metric, double Score)> Find(IReadOnlyList<(IReadOnlyList<string> Alternatives, double Weight)> words, int limit)
    {
        var scores = new Dictionary<int, double>();
        foreach (var (alternatives, weight) in words)
        {
            var best = new Dictionary<int, double>();
            for (var i = 0; i < alternatives.Count; i++)
            {
                Collect(alternatives[i], weight * (i == 0 ? 1 : 0.8), best);
            }

            foreach (var (metric, score) in best)
            {
                scores[metric] = scores.GetValueOrDefault(metric) + score;
            }
        }

        return [.. scores.Select(s => (s.Key, s.Value / (1 + (0.06 * lengths[s.Key])))).OrderByDescending(s => s.Item2).ThenBy(s => lengths[s.Key]).ThenBy(s => s.Key).Take(limit)];
    }

    private void Collect(string stem, double weight, Dictionary<int, double> best)
    {
        if (!stems.TryGetValue(stem, out var id))
        {
            return;
        }

        var list = postings.AsSpan(starts[id], starts[id + 1] - starts[id]);
        var rarity = Math.Log(1 + ((lengths.Length + 1.0) / (list.Length + 0.5)));
        foreach (var (metric, of) in list)
        {
            best[metric] = Math.Max(best.GetValueOrDefault(metric), weight * rarity * of / NameWeight);
        }
    }

    private void Collect(ReadOnlySpan<char> part, int metric, int weight)
    {
        if (!lookup.TryGetValue(part, out var id))
        {
            var stem = NameTokens.Stem(part);
            id = NameTokens.IsIgnored(stem) ? -1 : stems.TryGetValue(stem, out var known) ? known : stems[stem] = stems.Count;
            lookup[part] = id;
        }

        if (id >= 0)
        {
            collected.Add((id, metric, weight));
        }
    }
}
