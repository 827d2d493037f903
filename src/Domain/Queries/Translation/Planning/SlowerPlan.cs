using System.Globalization;
using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Domain.Queries.Templates;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>"How many requests took longer than 500 ms": counted from the buckets of a histogram, which tell it exactly at their bounds only.</summary>
internal static class SlowerPlan
{
    private static readonly string[] OfTime = ["ms", "milliseconds", "millis", "s", "sec", "second", "seconds"];

    /// <summary>Null when the question is another one, or no histogram tells.</summary>
    public static ProposedQuery? Write(Understanding understanding, TranslationContext context)
    {
        if (understanding.Threshold is not { } bound || !OfTime.Contains(bound.Unit) || !understanding.Measures.Contains("request"))
        {
            return null;
        }

        foreach (var name in MetricSlots.Candidates("$latency_bucket"))
        {
            if (context.Metrics.Find(name) is { Kind: MetricKind.Histogram } entry && Scope.Of(entry, understanding, context) is { } matchers)
            {
                return Write(name[..^"_bucket".Length], entry, [.. matchers, .. ValueFilters.Of(entry, understanding, matchers)], bound, understanding, context);
            }
        }

        return null;
    }

    private static ProposedQuery Write(string name, MetricEntry entry, IReadOnlyList<MatcherSyntax> matchers, Threshold bound, Understanding understanding, TranslationContext context)
    {
        var wanted = Units.InUnit(bound, name.Contains("milliseconds", StringComparison.Ordinal) ? "milliseconds" : "seconds");
        var le = Nearest(entry.Values("le"), wanted) ?? PromQlWriter.Number(wanted);
        var by = understanding.GroupBy.Select(g => entry.Labels.FirstOrDefault(l => l == g && PromQlWriter.IsLabel(l))).OfType<string>().ToList();
        var window = MetricPlan.Window(understanding, context);
        var length = window?.Length ?? MetricPlan.CountWindow;
        var counts = understanding.Statistic is Statistic.Count or Statistic.Sum || !understanding.Asks("ratio");
        var function = counts ? "increase" : "rate";
        var sum = by.Count == 0 ? "sum" : $"sum by ({string.Join(", ", by)}) ";
        string Of(string suffix, IReadOnlyList<MatcherSyntax> of) => $"{sum}({function}({PromQlWriter.Selector(name + suffix, of)}[{QueryDuration.Format(length)}]))";
        var all = Of("_count", matchers);
        var fast = Of("_bucket", [.. matchers, new MatcherSyntax("le", MatchOperator.Equal, le)]);
        var slower = bound.Comparison[0] == '>';
        var text = (counts, slower) switch { (true, true) => $"{all} - {fast}", (true, false) => fast, (false, true) => $"1 - {fast} / {all}", _ => $"{fast} / {all}" };
        var at = window?.End ?? MetricPlan.At(understanding, context);
        return MetricPlan.New(
            text,
            new Datasources.TimeWindow(window?.Start ?? at - length, at),
            null,
            $"{(counts ? "requests" : "share of requests")} that took {(slower ? "longer than" : "at most")} {le} {(name.Contains("milliseconds", StringComparison.Ordinal) ? "milliseconds" : "seconds")} (a bound of the histogram), over {MetricPlan.Words(length)}",
            counts ? "count" : "ratio",
            0.85,
            $"the buckets of {name} count requests up to each bound");
    }

    private static string? Nearest(IReadOnlySet<string> bounds, double wanted) => bounds
        .Select(b => (Text: b, Value: double.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.PositiveInfinity))
        .Where(b => double.IsFinite(b.Value)).OrderBy(b => Math.Abs(b.Value - wanted)).Select(b => b.Text).FirstOrDefault();
}
