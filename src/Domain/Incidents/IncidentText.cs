using Nightwatch.Domain.Alerts;

namespace Nightwatch.Domain.Incidents;

/// <summary>What an incident shows of its alerts' labels, bounded since it is kept in every list and in the correlation window.</summary>
internal static class IncidentText
{
    private const int MaxLabels = 24;
    private const int MaxValue = 200;

    public static string Title(AlertEpisode episode)
    {
        var labels = episode.Labels;
        var subject = Subjects.First(
            labels,
            "service",
            "service_name",
            "app",
            "app_kubernetes_io_name",
            "deployment",
            "statefulset",
            "daemonset",
            "exported_pod",
            "pod",
            "node",
            "instance",
            "job",
            "namespace");
        return CleanText.Cut(subject is null ? episode.Name : $"{episode.Name} on {subject}", 240);
    }

    public static IReadOnlyDictionary<string, string> Bounded(IReadOnlyDictionary<string, string> labels) =>
        labels
            .Where(l => l.Value.Length <= MaxValue)
            .OrderBy(l => l.Key, StringComparer.Ordinal)
            .Take(MaxLabels)
            .ToDictionary(l => l.Key, l => l.Value, StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, string> Common(IReadOnlyDictionary<string, string> common, IReadOnlyDictionary<string, string> labels)
    {
        var isSubset = common.All(l => labels.TryGetValue(l.Key, out var value) && value == l.Value);
        return isSubset
            ? common
            : common.Where(l => labels.TryGetValue(l.Key, out var value) && value == l.Value).ToDictionary(l => l.Key, l => l.Value, StringComparer.Ordinal);
    }
}
