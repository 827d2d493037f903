using System.Globalization;
using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Queries.History;

/// <summary>Measures each objective of an application over a window, minute by minute where the window allows it.</summary>
internal sealed class MeasureHealth(AskSource ask)
{
    /// <summary>Points of a window: a week of minutes; beyond it the step grows.</summary>
    public const int MaxPoints = 10_080;

    private const int MaxIntervals = 50;

    /// <summary>The window as it is evaluated: at the end and every step before it; each point stands for the step that it ends.</summary>
    public static (TimeWindow Evaluated, TimeSpan Step, int Expected) Grid(TimeWindow window)
    {
        var step = HistoryTimes.Step(window.Length, MaxPoints);
        var expected = Math.Max(1, (int)(window.Length / step));
        return (new TimeWindow(window.End - ((expected - 1) * step), window.End), step, expected);
    }

    /// <param name="reachOf">The reach with an objective's component.</param>
    /// <exception cref="SourceException">The source failed when it was asked what it exposes.</exception>
    public async Task<HealthAnswer> MeasureAsync(
        ApplicationReach<IMetricSource> reach,
        Func<string?, ValueTask<ApplicationReach<IMetricSource>?>> reachOf,
        Caller caller,
        TimeWindow window,
        CancellationToken cancellationToken)
    {
        var (evaluated, step, expected) = Grid(window);
        var slos = reach.Profile.Slos.Where(s => reach.Component is null || s.Component == reach.Component.Name).ToList();
        var signals = new Dictionary<string, ApplicationSignals?>(StringComparer.Ordinal);
        foreach (var component in slos.Where(s => s is { Good: null, Query: null }).Select(s => s.Component ?? "").Distinct(StringComparer.Ordinal))
        {
            var own = component.Length == 0 ? reach : await reachOf(component).ConfigureAwait(false);
            signals[component] = own is { IsMapped: true } ? (await FineSignals.FindAsync(ask, own, caller, window, step, cancellationToken).ConfigureAwait(false)).Signals : null;
        }

        var objectives = await Task.WhenAll(slos.Select(s => MeasureAsync(reach, s, signals.GetValueOrDefault(s.Component ?? ""), caller, window, evaluated, step, expected, cancellationToken))).ConfigureAwait(false);
        var (verdict, reasons) = Judge(objectives, reach.Profile.Id);
        return new HealthAnswer
        {
            Application = reach.Profile.Id,
            Environment = reach.Environment,
            Start = window.Start,
            End = window.End,
            StepSeconds = step.TotalSeconds,
            Verdict = verdict,
            Reasons = reasons,
            Objectives = objectives,
        };
    }

    internal static (HealthVerdict Verdict, IReadOnlyList<string> Reasons) Judge(IReadOnlyList<ObjectiveAnswer> objectives, string application)
    {
        if (objectives.Count == 0)
        {
            return (HealthVerdict.Unknown, [$"The profile of {application} has no such objectives to measure."]);
        }

        var reasons = objectives.Select(o => o.Reason).OfType<string>().ToList();
        var verdict = objectives.Any(o => o.Verdict == ObjectiveVerdict.Missed) ? HealthVerdict.Unhealthy
            : objectives.Any(o => o.Verdict == ObjectiveVerdict.Unknown) ? HealthVerdict.Unknown
            : objectives.Any(o => o.ErrorBudgetLeft < 0.5 || o.Coverage < 0.9) ? HealthVerdict.Degraded
            : HealthVerdict.Healthy;
        return (verdict, verdict == HealthVerdict.Healthy ? [$"All {objectives.Count} objectives are met with at least half of their error budget left."] : reasons);
    }

    private async Task<ObjectiveAnswer> MeasureAsync(
        ApplicationReach<IMetricSource> reach,
        ServiceLevelObjective slo,
        ApplicationSignals? signals,
        Caller caller,
        TimeWindow window,
        TimeWindow evaluated,
        TimeSpan step,
        int expected,
        CancellationToken cancellationToken)
    {
        var plan = ObjectivePlan.Of(slo, signals);
        var answer = new ObjectiveAnswer { Name = slo.Name, Kind = slo.Kind, Component = slo.Component, Objective = slo.Objective, ThresholdSeconds = slo.ThresholdSeconds, WindowDays = slo.WindowDays, Verdict = ObjectiveVerdict.Unknown };
        if (plan is null)
        {
            return answer with { Reason = $"{slo.Name}: it has no queries, and no metric that would measure it carries the labels of {slo.Component ?? reach.Profile.Id}." };
        }

        var asked = await Task.WhenAll(plan.Queries.Select(q => ask.RangeAsync(reach, caller, q.Query, evaluated, step, cancellationToken))).ConfigureAwait(false);
        answer = answer with { Queries = [.. asked.Select((a, i) => AskedQuery.Of(plan.Queries[i].Role, a))] };
        if (asked.FirstOrDefault(a => a.Failed) is { } failed)
        {
            return answer with { Reason = $"{slo.Name}: {failed.Error}" };
        }

        if (asked is [_, { Series.Count: 0 }] && plan.Queries[1].Role == "good" && asked[0].Series.Count > 0)
        {
            return answer with { Reason = $"{slo.Name}: the query for good requests gave nothing in the whole window." };
        }

        var points = slo.Kind == SloKind.LatencyP95
            ? ObjectiveMath.Latency(SeriesSums.Max(asked[0].Series), slo.ThresholdSeconds ?? 0)
            : ObjectiveMath.Points(slo.Kind, SeriesSums.Sum(asked[0].Series), SeriesSums.Sum(asked[1].Series), plan.Queries[1].Role == "good");
        return Answer(answer, ObjectiveMath.Measure(slo.Kind, slo.Objective, points, step, expected), window);
    }

    private static ObjectiveAnswer Answer(ObjectiveAnswer answer, ObjectiveMeasure measure, TimeWindow window)
    {
        var shown = measure.Broken.OrderByDescending(b => b.Minutes).ThenBy(b => b.Start).Take(MaxIntervals).OrderBy(b => b.Start).ToList();
        return answer with
        {
            Verdict = measure.Compliant switch { null => ObjectiveVerdict.Unknown, true => ObjectiveVerdict.Met, false => ObjectiveVerdict.Missed },
            Reason = Reason(answer, measure),
            Measured = measure.Measured,
            Compliant = measure.Compliant,
            ErrorBudgetLeft = measure.ErrorBudgetLeft,
            BurnRate = measure.BurnRate,
            BudgetSpentOfPeriod = measure.BurnRate * (window.Length.TotalDays / answer.WindowDays),
            Requests = measure.Requests,
            FailedRequests = measure.FailedRequests,
            Coverage = measure.Coverage,
            BadMinutes = measure.BadMinutes,
            BadIntervalsTotal = measure.Broken.Count,
            BadIntervals = shown,
        };
    }

    private static string? Reason(ObjectiveAnswer objective, ObjectiveMeasure measure)
    {
        if (measure is not { Measured: { } measured, ErrorBudgetLeft: { } left })
        {
            return $"{objective.Name}: {(measure.Coverage > 0 ? "there were no requests in the window" : "there are no data in the window")}, so it is not known.";
        }

        var sign = objective.Kind == SloKind.ErrorRate ? "at most" : "at least";
        var what = string.Create(CultureInfo.InvariantCulture, $"{objective.Name}: {measured:0.####} % measured, {sign} {objective.Objective:0.####} % promised");
        return measure.Compliant == false ? string.Create(CultureInfo.InvariantCulture, $"{what}; {measure.BadMinutes:0.#} bad minutes, {measure.BurnRate:0.##} times the error budget.")
            : left < 0.5 ? string.Create(CultureInfo.InvariantCulture, $"{what}; only {100 * left:0.#} % of the error budget are left.")
            : measure.Coverage < 0.9 ? string.Create(CultureInfo.InvariantCulture, $"{what}; but only {100 * measure.Coverage:0.#} % of the window have data.")
            : null;
    }
}

/// <summary>The queries that measure an objective: its own, or those that the metrics of the application give.</summary>
internal sealed record ObjectivePlan(IReadOnlyList<(string Role, string Query)> Queries)
{
    public static ObjectivePlan? Of(ServiceLevelObjective slo, ApplicationSignals? signals)
    {
        if (slo.Kind == SloKind.LatencyP95)
        {
            return (slo.Query ?? signals?.LatencyP95()) is { } query ? new ObjectivePlan([("p95", query)]) : null;
        }

        return slo is { Good: { } good, Total: { } total } ? new ObjectivePlan([("total", total), ("good", good)])
            : signals?.Requests() is { } requests ? new ObjectivePlan([("total", requests.Total), ("failed", requests.Failed)])
            : null;
    }
}
