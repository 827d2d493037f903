using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Investigations.Planning;
using Nightwatch.Domain.Queries.LogQl;

namespace Nightwatch.Domain.Queries.History;

/// <summary>Compares every signal of an application in a window with the same queries, at the same step, over a baseline.</summary>
/// <param name="mostWhole">The longest window of a single rate.</param>
internal sealed class AnalyzeImpact(AskSource ask, TimeSpan mostWhole)
{
    private const int MaxPoints = 240;
    private const int MaxSignals = 32;
    private const int MaxParts = 20;

    /// <summary>Signals beyond the baseline that are looked at instance by instance.</summary>
    private const int MaxByInstance = 4;

    private static readonly string[] Worst = ["ratio", "seconds", "milliseconds"];

    public static TimeSpan StepOf(TimeWindow window, TimeWindow baseline) => HistoryTimes.Step(window.Length > baseline.Length ? window.Length : baseline.Length, MaxPoints);

    /// <param name="logs">Null when there are no logs to look at; <paramref name="noLogs"/> says why.</param>
    /// <exception cref="SourceException">The source failed when it was asked what it exposes.</exception>
    public async Task<ImpactAnswer> AnalyzeAsync(
        ApplicationReach<IMetricSource> reach, ApplicationReach<ILogSource>? logs, string? noLogs, Caller caller, TimeWindow window, TimeWindow baseline, CancellationToken cancellationToken)
    {
        var step = StepOf(window, baseline);
        var (found, notes) = await FineSignals.FindAsync(ask, reach, caller, window, step, cancellationToken).ConfigureAwait(false);
        var signals = found.All().Take(MaxSignals).ToList();
        var asked = await Task.WhenAll(signals.Select(s => CompareAsync(reach, found, s, s.Query, caller, window, baseline, step, cancellationToken))).ConfigureAwait(false);
        var failures = await FailuresAsync(reach, found, caller, window, baseline, step, cancellationToken).ConfigureAwait(false);
        var all = asked.ToList();
        if (logs is not null)
        {
            all.Add(await LogErrorsAsync(logs, caller, window, baseline, step, cancellationToken).ConfigureAwait(false));
        }

        var sorted = all.OrderByDescending(s => s.Compared.Effect ?? -1).ThenBy(s => s.Signal, StringComparer.Ordinal).ToList();
        for (var (i, left) = (0, MaxByInstance); i < sorted.Count && left > 0 && sorted[i].Compared.Beyond == true; i++)
        {
            if (signals.Find(s => s.Topic == sorted[i].Signal && s.Title == sorted[i].Title) is { } signal && found.ByInstance(signal) is { } query && query != signal.Query)
            {
                var parts = await CompareAsync(reach, found, signal, query, caller, window, baseline, step, cancellationToken).ConfigureAwait(false);
                sorted[i] = sorted[i] with { Instances = [.. parts.Components.Select(p => p with { Name = p.Labels.GetValueOrDefault(found.InstanceLabel!, "") })] };
                left--;
            }
        }

        return new ImpactAnswer
        {
            Application = reach.Profile.Id,
            Environment = reach.Environment,
            Window = window,
            Baseline = baseline,
            StepSeconds = step.TotalSeconds,
            Signals = sorted,
            AffectedComponents = Affected(sorted, s => s.Components),
            AffectedInstances = Affected(sorted, s => s.Instances),
            EstimatedFailedRequests = failures.Failed,
            Requests = failures.Requests,
            Missing = [.. notes, .. failures.Missing is { } missing ? [missing] : Array.Empty<string>(), .. noLogs is null ? Array.Empty<string>() : [noLogs], .. signals.Count == 0 ? ["no signal could be derived from the metrics with the application's labels"] : Array.Empty<string>()],
        };
    }

    private static List<string> Affected(IEnumerable<ImpactSignal> signals, Func<ImpactSignal, IReadOnlyList<ImpactPart>> parts) =>
        [.. signals.SelectMany(parts).Where(p => p.Compared.Beyond == true && p.Name.Length > 0).GroupBy(p => p.Name, StringComparer.Ordinal).OrderByDescending(g => g.Max(p => p.Compared.Effect)).Select(g => g.Key).Take(50)];

    private async Task<ImpactSignal> CompareAsync(
        ApplicationReach<IMetricSource> reach, ApplicationSignals found, SignalQuery signal, string query, Caller caller, TimeWindow window, TimeWindow baseline, TimeSpan step, CancellationToken cancellationToken)
    {
        var during = ask.RangeAsync(reach, caller, query, window, step, cancellationToken);
        var before = await ask.RangeAsync(reach, caller, query, baseline, step, cancellationToken).ConfigureAwait(false);
        return Compare(signal.Topic, signal.Title, signal.Unit, found.ComponentLabel, await during.ConfigureAwait(false), before);
    }

    internal static ImpactSignal Compare(string topic, string title, string unit, string? componentLabel, AskedSeries during, AskedSeries before)
    {
        var join = Worst.Contains(unit) ? (Func<IEnumerable<MetricSeries>, Dictionary<DateTimeOffset, double>>)SeriesSums.Max : SeriesSums.Sum;
        var compared = Variation.Compare(join(during.Series).Values, join(before.Series).Values);
        var (now, old) = (ByKey(during.Series), ByKey(before.Series));
        return new ImpactSignal
        {
            Signal = topic,
            Title = title,
            Unit = unit,
            Compared = compared,
            Missing = Missing(during, before, compared),
            Components =
            [
                .. now.Concat(old.Where(o => !now.ContainsKey(o.Key)))
                    .Select(s => new ImpactPart(
                        ServiceLabels.ComponentOf(s.Value.Labels, componentLabel) ?? s.Value.Labels.GetValueOrDefault("instance", ""),
                        s.Value.Labels,
                        Variation.Compare(Values(now, s.Key), Values(old, s.Key))))
                    .OrderByDescending(p => p.Compared.Effect ?? -1).Take(MaxParts),
            ],
            Queries = [AskedQuery.Of("window", during), AskedQuery.Of("baseline", before)],
        };
    }

    private static Dictionary<string, MetricSeries> ByKey(IReadOnlyList<MetricSeries> series) =>
        series.GroupBy(s => SeriesKey.Of(s.Labels), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);

    private static IEnumerable<double> Values(Dictionary<string, MetricSeries> series, string key) => series.TryGetValue(key, out var of) ? of.Points.Select(p => p.Value) : [];

    private static string? Missing(AskedSeries during, AskedSeries before, ComparedValues compared) =>
        during.Error ?? before.Error
        ?? (compared.Points == 0 && compared.BaselinePoints == 0 ? "there are no data in the window or the baseline"
            : compared.Points == 0 ? "there are no data in the window"
            : compared.BaselinePoints < Variation.MinPoints ? $"the baseline has {compared.BaselinePoints} points; {Variation.MinPoints} are needed"
            : null);

    private async Task<(double? Failed, double? Requests, string? Missing)> FailuresAsync(
        ApplicationReach<IMetricSource> reach, ApplicationSignals found, Caller caller, TimeWindow window, TimeWindow baseline, TimeSpan step, CancellationToken cancellationToken)
    {
        // Rates over the whole window count every request once; a window that is too long for that is put together from its points.
        var isWhole = window.Length <= mostWhole && baseline.Length <= mostWhole;
        var during = isWhole ? found.WithRateWindow(window.Length) : found;
        var before = isWhole ? found.WithRateWindow(baseline.Length) : found;
        if (during.Requests() is not { } now || before.Requests() is not { } usual)
        {
            return (null, null, "no metric tells failed requests from others, so that failed requests cannot be estimated");
        }

        Task<AskedSeries> Ask(string query, TimeWindow of) => isWhole
            ? ask.MomentAsync(reach, caller, query, of.End, cancellationToken)
            : ask.RangeAsync(reach, caller, query, of, step, cancellationToken);
        var asked = await Task.WhenAll(Ask(now.Total, window), Ask(now.Failed, window), Ask(usual.Total, baseline), Ask(usual.Failed, baseline)).ConfigureAwait(false);
        if (asked.FirstOrDefault(a => a.Failed) is { } failed)
        {
            return (null, null, failed.Error);
        }

        var sums = asked.Select(a => SeriesSums.Sum(a.Series)).ToList();
        if (sums[0].Count == 0 || sums[2].Count == 0)
        {
            return (null, null, $"there are no requests in the {(sums[0].Count == 0 ? "window" : "baseline")}, so that failed ones cannot be estimated");
        }

        // Where requests are known and no failed ones, there were none.
        var each = isWhole ? window.Length : step;
        var rate = sums[2].Keys.Average(at => sums[3].GetValueOrDefault(at));
        return (Variation.Excess(sums[0].Keys.Select(at => sums[1].GetValueOrDefault(at)), rate, each), sums[0].Values.Where(double.IsFinite).Sum() * each.TotalSeconds, null);
    }

    private async Task<ImpactSignal> LogErrorsAsync(ApplicationReach<ILogSource> logs, Caller caller, TimeWindow window, TimeWindow baseline, TimeSpan step, CancellationToken cancellationToken)
    {
        const string Title = "Log lines of level error or worse";
        try
        {
            var lines = LogQlFactory.Select([.. logs.Matchers]);
            var sample = await logs.Source.QueryRangeAsync(lines.ToString(), window, LogLevels.Sample, cancellationToken).ConfigureAwait(false);
            sample = sample.Count > 0 ? sample : await logs.Source.QueryRangeAsync(lines.ToString(), baseline, LogLevels.Sample, cancellationToken).ConfigureAwait(false);
            if (LogLevels.Of(sample).OnlyErrors(lines) is not { } errors)
            {
                return Nothing(sample.Count == 0 ? "there are no log lines" : "the log lines do not tell their level");
            }

            var query = errors.CountOverTime(step).SumBy().ToString();
            var during = ask.LogRangeAsync(logs, caller, query, After(window, step), step, cancellationToken);
            var before = await ask.LogRangeAsync(logs, caller, query, After(baseline, step), step, cancellationToken).ConfigureAwait(false);
            return Compare("log.errors", Title, "lines", null, Filled(await during.ConfigureAwait(false), window, step), Filled(before, baseline, step)) with { Components = [] };
        }
        catch (SourceException failure)
        {
            return Nothing(failure.Message);
        }

        static ImpactSignal Nothing(string why) => new() { Signal = "log.errors", Title = Title, Unit = "lines", Compared = Variation.Compare([], []), Missing = why };
    }

    /// <summary>Counts look back, so the first one ends a step after the start.</summary>
    private static TimeWindow After(TimeWindow window, TimeSpan step) => window.Length > step ? window with { Start = window.Start + step } : new TimeWindow(window.End, window.End);

    /// <summary>A source of logs leaves out what is 0.</summary>
    private static AskedSeries Filled(AskedSeries asked, TimeWindow window, TimeSpan step)
    {
        if (asked.Failed)
        {
            return asked;
        }

        var counts = SeriesSums.Sum(asked.Series);
        var points = new List<MetricPoint>();
        for (var at = After(window, step).Start; at <= window.End; at += step)
        {
            points.Add(new MetricPoint(at, counts.GetValueOrDefault(at)));
        }

        return asked with { Series = [new MetricSeries(new Dictionary<string, string>(), points)] };
    }
}
