using Nightwatch.Domain.Incidents;

namespace Nightwatch.Domain.Tools.History;

/// <summary>
/// How much a past incident resembles an alert, from 0 to 1. The measure is
/// 0.5 * name + 0.35 * labels + 0.15 * title, where
/// name is 1 when the alert name is the incident's, else the share of common words of the two names;
/// labels is the weighted Jaccard index of the two label sets: a label counts as common when name and value agree, a label that names a replica
/// (instance, pod, ...) weighs a quarter, since replicas come and go;
/// title is the share of the alert's words (name and label values) that stand in the incident's title.
/// A part that the question does not give is left out and the weights of the others are scaled up.
/// </summary>
internal sealed class IncidentSimilarity
{
    private const double NameWeight = 0.5;
    private const double LabelsWeight = 0.35;
    private const double TitleWeight = 0.15;
    private static readonly HashSet<string> Replica = new(StringComparer.Ordinal)
    {
        "instance", "pod", "container", "container_id", "replica", "node", "host", "hostname", "uid", "endpoint",
    };

    private readonly string? alertName;
    private readonly Dictionary<string, string> labels;
    private readonly HashSet<string> words;

    public IncidentSimilarity(string? alertName, IReadOnlyDictionary<string, string> labels)
    {
        this.alertName = alertName ?? labels.GetValueOrDefault("alertname");
        this.labels = labels.Where(l => l.Key != "alertname").ToDictionary(StringComparer.Ordinal);
        words = [.. Words(this.alertName), .. this.labels.Where(l => !Replica.Contains(l.Key)).SelectMany(l => Words(l.Value))];
    }

    public double Of(Incident incident)
    {
        double sum = 0, weight = 0;
        if (alertName is not null)
        {
            sum += NameWeight * Name(incident);
            weight += NameWeight;
        }

        if (labels.Count > 0)
        {
            sum += LabelsWeight * Labels(incident.CommonLabels);
            weight += LabelsWeight;
        }

        if (words.Count > 0)
        {
            var title = Words(incident.Title).ToHashSet(StringComparer.Ordinal);
            sum += TitleWeight * words.Count(title.Contains) / words.Count;
            weight += TitleWeight;
        }

        return weight == 0 ? 0 : Math.Round(sum / weight, 3);
    }

    private double Name(Incident incident)
    {
        // An incident of several alerts shares no alertname; its title begins with the first one's.
        if (incident.CommonLabels.TryGetValue("alertname", out var name) ? name == alertName : StartsWithWord(incident.Title, alertName!))
        {
            return 1;
        }

        var mine = Words(alertName).ToHashSet(StringComparer.Ordinal);
        var others = Words(name ?? incident.Title.Split(' ')[0]).ToHashSet(StringComparer.Ordinal);
        var common = mine.Count(others.Contains);
        return common == 0 ? 0 : (double)common / (mine.Count + others.Count - common);
    }

    private double Labels(IReadOnlyDictionary<string, string> others)
    {
        double common = 0, all = 0;
        foreach (var (name, value) in labels)
        {
            var weight = WeightOf(name);
            all += weight;
            common += others.TryGetValue(name, out var other) && other == value ? weight : 0;
        }

        all += others.Keys.Where(k => k != "alertname" && !labels.ContainsKey(k)).Sum(WeightOf);
        return all == 0 ? 0 : common / all;
    }

    private static double WeightOf(string label) => Replica.Contains(label) ? 0.25 : 1;

    private static bool StartsWithWord(string title, string word) =>
        title.StartsWith(word, StringComparison.Ordinal) && (title.Length == word.Length || !char.IsLetterOrDigit(title[word.Length]));

    /// <summary>Lower-case words; HighErrorRate, high_error_rate and high-error-rate have the same ones.</summary>
    private static IEnumerable<string> Words(string? text)
    {
        var start = 0;
        for (var i = 0; i <= (text?.Length ?? 0); i++)
        {
            var ends = i == text?.Length || text is null || !char.IsLetterOrDigit(text[i]);
            if (ends || (i > start && char.IsUpper(text![i]) && char.IsLower(text[i - 1])))
            {
                if (i > start)
                {
                    yield return text![start..i].ToLowerInvariant();
                }

                start = ends ? i + 1 : i;
            }
        }
    }
}
