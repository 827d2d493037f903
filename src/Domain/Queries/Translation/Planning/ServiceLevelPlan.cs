using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>
/// Compliance, the error budget that is left and how fast it is spent. Source: Google, "The Site Reliability Workbook", chapter 5: the burn rate is the share of errors divided
/// by the share that the objective allows.
/// </summary>
internal static class ServiceLevelPlan
{
    private static readonly TimeSpan Period = TimeSpan.FromDays(30);
    private static readonly TimeSpan BurnWindow = TimeSpan.FromHours(1);

    public static IEnumerable<ProposedQuery> Write(Understanding understanding, TranslationContext context)
    {
        if (KnownMeasures.First(understanding with { Statistic = Statistic.None }, context, KnownMeasures.Errors) is not { } errors)
        {
            yield break;
        }

        var objective = Objective(understanding, context);
        var window = MetricPlan.Window(understanding, context) ?? new Datasources.TimeWindow(context.Now - Period, context.Now);
        var failed = errors.Average(window.Length);
        var allowed = PromQlWriter.Number(Math.Round(1 - objective, 9));
        var why = $"{errors.Why}, held against an objective of {objective:0.####%}";
        var compliance = MetricPlan.New($"1 - ({failed})", window, null, $"share of requests that succeeded, over {MetricPlan.Words(window.Length)}; the objective is {objective:0.####%}", "ratio", 0.85, why);
        var budget = MetricPlan.New($"1 - ({failed}) / {allowed}", window, null, "share of the error budget that is left (below 0: overspent)", "ratio", 0.85, why);
        // How fast the budget is spent is told of the stretch that was named, else of the last hour.
        var pace = understanding.Measures.Contains("burn") && understanding.Time is not null && window.Length > TimeSpan.Zero ? window.Length : BurnWindow;
        var burn = MetricPlan.New($"({errors.Average(pace)}) / {allowed}", new Datasources.TimeWindow(window.End - pace, window.End), null, $"burn rate over {MetricPlan.Words(pace)}: 1 spends the budget in just its period", "ratio", 0.85, why);
        ProposedQuery[] all = understanding.Measures.Contains("burn") ? [burn, budget, compliance] : understanding.Measures.Contains("budget") && !understanding.Measures.Contains("slo") ? [budget, compliance, burn] : [compliance, budget, burn];
        foreach (var query in all)
        {
            yield return query;
        }

        if (KnownMeasures.First(understanding with { Quantile = 0.95 }, context, KnownMeasures.Latency) is { } latency)
        {
            yield return MetricPlan.Value(latency, understanding with { Threshold = null }, context, window, 0.6);
        }
    }

    private static double Objective(Understanding understanding, TranslationContext context)
    {
        var said = understanding.Threshold is { Value: > 50 and < 100 } bound ? bound.Value / 100 : (double?)null;
        var set = context.Names.FirstOrDefault(n => n.AvailabilityTarget is not null && understanding.Entities.Any(e => e.Value == n.Name))?.AvailabilityTarget;
        return Math.Clamp(said ?? set ?? context.DefaultObjective, 0.01, 0.999999);
    }
}
