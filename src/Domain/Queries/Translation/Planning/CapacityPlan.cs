using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>When something will be full, and what it will be: straight lines through the last hours.</summary>
internal static class CapacityPlan
{
    private static readonly TimeSpan Past = TimeSpan.FromHours(6);

    public static IEnumerable<ProposedQuery> Write(Understanding understanding, TranslationContext context)
    {
        // "How fast does it fill up" is no response time.
        var pace = understanding.Measures.Contains("latency");
        var asked = understanding with { Measures = [.. understanding.Measures.Where(m => m != "latency").DefaultIfEmpty("disk"), .. pace ? ["pace"] : Array.Empty<string>()] };
        var measures = MeasureChooser.Choose(asked with { Statistic = Statistic.None }, context);
        if (measures.Count == 0)
        {
            yield break;
        }

        var best = measures[0];
        if (best.Template.Id.Contains("forecast", StringComparison.Ordinal) || best.Template.Id is "host.disk.within" or "host.disk.pace" or "probe.certificate")
        {
            yield return MetricPlan.Value(best, asked with { Statistic = Statistic.None }, context, null, 0.85);
        }
        else
        {
            yield return Ahead(best, asked, context);
        }

        foreach (var more in measures.Skip(1).Where(m => m.Template.Id.StartsWith(best.Template.Subject, StringComparison.Ordinal)).Take(1))
        {
            yield return MetricPlan.Value(more, asked with { Statistic = Statistic.None, Threshold = null }, context, null, 0.6);
        }
    }

    private static ProposedQuery Ahead(BoundMeasure measure, Understanding understanding, TranslationContext context)
    {
        var horizon = PromQlWriter.Number((understanding.Horizon ?? TimeSpan.FromDays(1)).TotalSeconds);
        var range = measure.Template.Text.IsBareGauge ? $"{measure.Now(context.RateWindow)}[{QueryDuration.Format(Past)}]" : $"({measure.Now(context.RateWindow)})[{QueryDuration.Format(Past)}:5m]";
        var purpose = $"{measure.Template.Purpose} in {MetricPlan.Words(understanding.Horizon ?? TimeSpan.FromDays(1))}, at the pace of the last six hours";
        return MetricPlan.New($"predict_linear({range}, {horizon})", new Datasources.TimeWindow(context.Now, context.Now), null, purpose, measure.Unit, 0.7, measure.Why);
    }
}
