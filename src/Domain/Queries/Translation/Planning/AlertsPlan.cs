using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Domain.Queries.Translation.Language;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>Alerts, from the series that Prometheus keeps of them.</summary>
internal static class AlertsPlan
{
    private const string Metric = "ALERTS";

    public static IEnumerable<ProposedQuery> Write(Understanding understanding, TranslationContext context)
    {
        var state = understanding.Measures.Contains("pending") ? "pending" : "firing";
        var selector = PromQlWriter.Selector(Metric, [new MatcherSyntax("alertstate", MatchOperator.Equal, state), .. Matchers(understanding, context)]);
        var why = "Prometheus keeps a series ALERTS for every alert that is pending or firing";
        if (MetricPlan.Window(understanding, context) is { } window)
        {
            yield return MetricPlan.New($"sum by (alertname) (changes({selector}[{QueryDuration.Format(window.Length)}]) + 1)", window, null, $"alerts that were {state}, by name", "count", 0.75, why);
            yield return MetricPlan.New($"sum by (alertname) ({selector})", window, Steps.OfRange(window.Length), $"alerts {state} over time", "count", 0.65, why);
            yield break;
        }

        var at = MetricPlan.At(understanding, context);
        var now = new Datasources.TimeWindow(at, at);
        var one = MetricPlan.New(selector, now, null, $"alerts that are {state}", "count", 0.85, why);
        var count = MetricPlan.New($"count({selector})", now, null, $"how many alerts are {state}", "count", 0.85, why);
        var labels = understanding.GroupBy.Where(g => PromQlWriter.IsLabel(g) && (context.Metrics.Find(Metric) is not { HasLabels: true } entry || entry.Labels.Contains(g))).ToList();
        if (labels.Count > 0)
        {
            yield return MetricPlan.New($"count by ({string.Join(", ", labels)}) ({selector})", now, null, $"how many alerts are {state}", "count", 0.85, why);
        }

        yield return understanding.Statistic == Statistic.Count ? count : one;
        yield return understanding.Statistic == Statistic.Count ? one : count;
    }

    public static ProposedQuery? Firing(Understanding understanding, TranslationContext context) =>
        Write(understanding with { Time = null, Statistic = Statistic.None, Measures = [] }, context).FirstOrDefault();

    private static IEnumerable<MatcherSyntax> Matchers(Understanding understanding, TranslationContext context)
    {
        var entry = context.Metrics.Find(Metric);
        var severity = understanding.LogLevel switch { "fatal" => "critical", "warn" => "warning", _ => null };
        if (entry is { HasLabels: true } && Scope.Of(entry, understanding, context) is { } known)
        {
            var name = understanding.Identifiers.Concat(understanding.Words).Select(w => entry.Values("alertname").FirstOrDefault(v => v.Equals(w, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(v => v is not null);
            MatcherSyntax?[] more = [name is null ? null : new MatcherSyntax("alertname", MatchOperator.Equal, name), severity is null ? null : new MatcherSyntax("severity", MatchOperator.Equal, severity)];
            return known.Concat(more.OfType<MatcherSyntax>());
        }

        return understanding.Entities.Where(e => e.Known).Select(e => new MatcherSyntax(e.Labels.FirstOrDefault(l => l != "job") ?? EntityKinds.LabelsOf(e.Kind)[0], MatchOperator.Equal, e.Value))
            .Concat(severity is null ? [] : [new MatcherSyntax("severity", MatchOperator.Equal, severity)]);
    }
}
