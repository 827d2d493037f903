using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Templates;
using Nightwatch.Domain.Queries.Translation.Language;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>The metric whose name and help say most of what was asked, read as its type demands. It answers what no template knows.</summary>
internal static class GenericMeasures
{
    private const int Candidates = 12;

    public static IEnumerable<BoundMeasure> Of(Understanding understanding, TranslationContext context)
    {
        var words = understanding.Words.Where(w => w[0] != '/').Select(w => (Word: w, Stem: WordStem.Of(w))).ToList();
        var named = words.Concat(understanding.Texts.Select(t => (Word: t, Stem: t))).Select(w => context.Metrics.Find(w.Word)).OfType<MetricEntry>().ToList();
        var search = words.Where(w => !NameTokens.IsIgnored(w.Stem)).Select(w => ((IReadOnlyList<string>)[w.Stem, .. Lexicon.English.Alternatives(w.Stem)], 1.0)).ToList();
        var found = context.Metrics.Index.Find(search, Candidates).Select(f => (Entry: context.Metrics[f.Metric], f.Score));
        foreach (var (entry, score) in named.Select(n => (Entry: n, Score: 1000.0)).Concat(found))
        {
            if (PromQlWriter.IsMetric(entry.Name) && BoundMeasure.Bind(Read(entry, understanding), understanding, context, score, Reason(entry, score)) is { } bound)
            {
                yield return bound;
            }
        }
    }

    /// <summary>A template for one metric: counters by their rate, gauges as they are, histograms and summaries by mean or quantile.</summary>
    private static MeasureTemplate Read(MetricEntry entry, Understanding understanding)
    {
        var name = entry.Name;
        var quantile = understanding.Statistic == Statistic.Quantile;
        return entry.Kind switch
        {
            MetricKind.Counter when understanding.Asks("ratio") && ValueFilters.Of(entry, understanding, []).Any() => Of(entry, "ratio", $"sum$by (rate({name}{{$err,$m}}[$w])) / sum$by (rate({name}{{$m}}[$w]))", null, isShare: true),
            MetricKind.Counter => Of(entry, MetricUnits.PerSecond(entry.Unit), $"sum$by (rate({name}{{$m}}[$w]))", $"sum$by (increase({name}{{$m}}[$w]))"),
            MetricKind.Histogram when understanding.Statistic == Statistic.Count && !quantile => Of(entry, "per_second", $"sum$by (rate({name}_count{{$m}}[$w]))", $"sum$by (increase({name}_count{{$m}}[$w]))"),
            MetricKind.Histogram when quantile => Of(entry, entry.Unit, $"histogram_quantile($q, sum$by(le) (rate({name}_bucket{{$m}}[$w])))", null, isQuantile: true),
            MetricKind.Summary when quantile => Of(entry, entry.Unit, $"max$by ({name}{{quantile=\"{PromQlWriter.Number(understanding.Quantile ?? 0.95)}\",$m}})", null, isQuantile: true),
            MetricKind.Histogram or MetricKind.Summary => Of(entry, entry.Unit, $"sum$by (rate({name}_sum{{$m}}[$w])) / sum$by (rate({name}_count{{$m}}[$w]))", $"sum$by (increase({name}_count{{$m}}[$w]))"),
            _ when name.EndsWith("_timestamp_seconds", StringComparison.Ordinal) || name.EndsWith("_time_seconds", StringComparison.Ordinal) && name.Contains("start", StringComparison.Ordinal) => Of(entry, "seconds", $"time() - {name}{{$m}}", null),
            _ => Of(entry, entry.Unit.Length > 0 ? entry.Unit : "count", understanding.GroupBy.Count > 0 && understanding.Statistic != Statistic.Maximum ? $"sum$by (~{name}{{$m}})" : $"~{name}{{$m}}", null),
        };
    }

    private static MeasureTemplate Of(MetricEntry entry, string unit, string text, string? count, bool isQuantile = false, bool isShare = false) =>
        TemplateList.Of("metric." + entry.Name, entry.Help.Length is > 0 and < 200 ? entry.Help.TrimEnd('.') : entry.Name, unit, "", text, count: count, quantile: isQuantile, share: isShare);

    private static string Reason(MetricEntry entry, double score) =>
        score >= 1000 ? $"the question names the metric {entry.Name}" : $"{entry.Name} ({entry.Kind.ToString().ToLowerInvariant()}) says most of the question's words in its name and help";
}
