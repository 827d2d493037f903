using System.Buffers;

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
    private readonly List<(int Stem, int Metric, int Weight)> collected;
    private int[] starts = [];
    private (int Metric, int Weight)[] postings = [];
    private int[] lengths = [];

    /// <param name="metrics">About how many will be added.</param>
    public MetricIndex(int metrics)
    {
        lookup = raw.GetAlternateLookup<ReadOnlySpan<char>>();
        collected = new List<(int Stem, int Metric, int Weight)>(16 * metrics);
    }

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
        collected.Capacity = 0;
        raw.Clear();
        raw.TrimExcess();
    }

    /// <summary>The metrics that hold the most and the rarest of the words, best first. A word's alternatives count once for a metric.</summary>
    public IReadOnlyList<(int Metric, double Score)> Find(IReadOnlyList<(IReadOnlyList<string> Alternatives, double Weight)> words, int limit)
    {
        var scores = ArrayPool<float>.Shared.Rent(lengths.Length);
        var best = ArrayPool<float>.Shared.Rent(lengths.Length);
        scores.AsSpan(0, lengths.Length).Clear();
        best.AsSpan(0, lengths.Length).Clear();
        foreach (var (alternatives, weight) in words)
        {
            for (var i = 0; i < alternatives.Count; i++)
            {
                Score(alternatives[i], weight * (i == 0 ? 1 : 0.8), best, scores);
            }

            foreach (var stem in alternatives)
            {
                Forget(stem, best);
            }
        }

        var found = Best(scores.AsSpan(0, lengths.Length), limit);
        ArrayPool<float>.Shared.Return(scores);
        ArrayPool<float>.Shared.Return(best);
        return found;
    }

    // What another alternative gave already does not count again.
    private void Score(string stem, double weight, float[] best, float[] scores)
    {
        var list = Postings(stem);
        var rarity = weight * Math.Log(1 + ((lengths.Length + 1.0) / (list.Length + 0.5))) / NameWeight;
        foreach (var (metric, of) in list)
        {
            var score = (float)(rarity * of);
            if (score > best[metric])
            {
                scores[metric] += score - best[metric];
                best[metric] = score;
            }
        }
    }

    private void Forget(string stem, float[] best)
    {
        foreach (var (metric, _) in Postings(stem))
        {
            best[metric] = 0;
        }
    }

    private ReadOnlySpan<(int Metric, int Weight)> Postings(string stem) =>
        stems.TryGetValue(stem, out var id) ? postings.AsSpan(starts[id], starts[id + 1] - starts[id]) : default;

    private List<(int Metric, double Score)> Best(ReadOnlySpan<float> scores, int limit)
    {
        var queue = new PriorityQueue<int, (double Score, int Metric)>(limit + 1);
        for (var metric = 0; metric < scores.Length; metric++)
        {
            if (scores[metric] <= 0)
            {
                continue;
            }

            var score = scores[metric] / (1 + (0.06 * lengths[metric]));
            if (queue.Count < limit)
            {
                queue.Enqueue(metric, (score, -metric));
            }
            else if (queue.TryPeek(out _, out var worst) && (score, -metric).CompareTo(worst) > 0)
            {
                queue.EnqueueDequeue(metric, (score, -metric));
            }
        }

        var found = new List<(int, double)>(queue.Count);
        while (queue.TryDequeue(out var metric, out var priority))
        {
            found.Add((metric, priority.Score));
        }

        found.Reverse();
        return found;
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
