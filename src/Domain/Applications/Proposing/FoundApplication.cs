using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Investigations.Planning;
using Nightwatch.Domain.Investigations.Queries;
using Nightwatch.Domain.Tools.Metrics;

namespace Nightwatch.Domain.Applications.Proposing;

/// <summary>The series of an application, and the label that tells its components apart.</summary>
internal sealed class FoundApplication
{
    private static readonly TimeSpan RateWindow = TimeSpan.FromMinutes(5);

    /// <summary>Labels that may hold several services.</summary>
    private static readonly string[] Wide = ["application", "app", "app_kubernetes_io_part_of", "namespace", "job"];

    private static readonly string[] Finer = ["service", "service_name", "app_kubernetes_io_name", "component", "deployment", "statefulset", "container", "app", "job"];

    public FoundApplication(NameMatch match, IEnumerable<IReadOnlyDictionary<string, string>> series, IReadOnlyList<MetricMetadata> metadata)
    {
        Match = match;
        var values = match.Values.ToHashSet(StringComparer.Ordinal);
        Series = [.. series.Where(s => s.TryGetValue(match.Label, out var value) && values.Contains(value))];
        ComponentLabel = Array.IndexOf(Wide, match.Label) < 0
            ? match.Label
            : Finer.Where(l => l != match.Label && (l != "job" || match.Label != "app")).FirstOrDefault(IsCarried) ?? match.Label;
        var types = metadata.GroupBy(m => m.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        Metrics =
        [
            .. Series.GroupBy(s => s.GetValueOrDefault("__name__", ""), StringComparer.Ordinal)
                .Where(g => PromQl.IsMetricName(g.Key))
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => new KnownMetric(g.Key, FoundSeries.Describe(types, g.Key).Type, FoundSeries.LabelsOf(g))),
        ];
        Components =
        [
            .. Series.Select(s => s.GetValueOrDefault(ComponentLabel, "")).Where(NameMatch.IsUsable).CountBy(v => v, StringComparer.Ordinal)
                .OrderByDescending(v => v.Value).ThenBy(v => v.Key, StringComparer.Ordinal).Select(v => v.Key),
        ];
    }

    public NameMatch Match { get; }

    public IReadOnlyList<IReadOnlyDictionary<string, string>> Series { get; }

    public string ComponentLabel { get; }

    public IReadOnlyList<KnownMetric> Metrics { get; }

    /// <summary>Those with the most series first.</summary>
    public IReadOnlyList<string> Components { get; }

    /// <summary>The label and its values, in words.</summary>
    public string Place => $"{Match.Label}={string.Join(" or ", Match.Values.Take(3))}{(Match.Values.Count > 3 ? ", ..." : "")}";

    /// <param name="components">Only these; null for all.</param>
    public QueryScope Scope(params IReadOnlyList<string>? components) => new(
        new InvestigationSubject { AlertName = "", Labels = SourceMapping.NoLabels, StartsAt = default, ServiceLabel = ComponentLabel },
        RateWindow,
        components,
        [
            Match.Values.Count == 1
                ? LabelCondition.Is(Match.Label, Match.Values[0])
                : LabelCondition.Matches(Match.Label, string.Join('|', Match.Values.Select(PromQl.EscapePattern))),
        ]);

    /// <summary>The metric that a query asks, the one with the longest name where one name is part of another.</summary>
    public KnownMetric? MetricOf(SignalQuery signal) =>
        Metrics.Where(m => signal.Query.Contains(m.Name, StringComparison.Ordinal)).MaxBy(m => m.Name.Length);

    private bool IsCarried(string label) =>
        Series.Count(s => s.TryGetValue(label, out var value) && NameMatch.IsUsable(value)) is var carried && carried > 0 && carried * 10 >= Series.Count * 3;
}
