using System.Globalization;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Tools;
using Nightwatch.Domain.Tools.Metrics;

namespace Nightwatch.Domain.Queries.History;

/// <summary>How an application's metrics are asked for.</summary>
internal sealed record MetricsWish
{
    public string? Metric { get; init; }

    public required TimeWindow Window { get; init; }

    public TimeSpan? Step { get; init; }

    public int? MaxPoints { get; init; }

    public WindowStatistic? Statistic { get; init; }

    /// <summary>Series of one page.</summary>
    public int PageSize { get; init; } = 50;

    /// <summary>Metrics, and series of the next one, that were given on the pages before.</summary>
    public (int Metrics, int Series) Skip { get; init; }
}

/// <summary>An application's metrics over a window.</summary>
internal sealed record MetricsAnswer
{
    public required string Application { get; init; }

    public string? Environment { get; init; }

    public string? Component { get; init; }

    public required DateTimeOffset Start { get; init; }

    public required DateTimeOffset End { get; init; }

    public required double StepSeconds { get; init; }

    public required IReadOnlyList<AnsweredMetric> Metrics { get; init; }

    public string? ContinuationToken { get; init; }
}

/// <summary>One query of the answer.</summary>
internal sealed record AnsweredMetric
{
    public required string Name { get; init; }

    /// <summary>default, golden or metric.</summary>
    public required string Origin { get; init; }

    public required string Query { get; init; }

    public string? Link { get; init; }

    public string Unit { get; init; } = "";

    public string Description { get; init; } = "";

    public IReadOnlyList<SeriesView> Series { get; init; } = [];

    /// <summary>Of all pages.</summary>
    public int Total { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public string? Error { get; init; }
}

/// <summary>Asks an application's metrics, a few at a time, until a page is full.</summary>
internal sealed class ReadApplicationMetrics(AskSource ask, QueryLimits limits)
{
    public async Task<(MetricsAnswer? Answer, IReadOnlyList<string> Notes, ToolResult? Failure)> ReadAsync(
        ApplicationReach<IMetricSource> reach, Caller caller, MetricsWish wish, CancellationToken cancellationToken)
    {
        var step = wish.Step ?? StepOf(wish);
        if (wish.Window.Length / step >= ToolLimits.MaxPoints)
        {
            return (null, [], Outcome.Wrong("step_seconds", string.Create(CultureInfo.InvariantCulture, $"step_seconds {step.TotalSeconds:0} gives more than {ToolLimits.MaxPoints} points; ask for a longer step or a shorter time.")));
        }

        if (wish.Statistic is { } statistic && !WindowStatistics.Splits(statistic) && wish.Window.Length > limits.MaxRange)
        {
            return (null, [], WindowStatistics.NotSplit(statistic, limits.MaxRange));
        }

        var (wanted, notes, failure) = await WantedMetrics.FindAsync(reach, wish.Metric, wish.Window, step, cancellationToken).ConfigureAwait(false);
        if (failure is not null)
        {
            return (null, [], failure);
        }

        var page = new Page(wish);
        for (var at = wish.Skip.Metrics; at < wanted.Count && !page.IsFull; at += AskSource.Parallel)
        {
            var batch = wanted.Skip(at).Take(AskSource.Parallel).ToList();
            var answers = await Task.WhenAll(batch.Select(w => AnswerAsync(reach, caller, w, wish, step, cancellationToken))).ConfigureAwait(false);
            for (var i = 0; i < answers.Length && !page.IsFull; i++)
            {
                page.Add(batch[i], answers[i], at + i, wanted.Count);
            }
        }

        return (new MetricsAnswer
        {
            Application = reach.Profile.Id,
            Environment = reach.Environment,
            Component = reach.Component?.Name,
            Start = wish.Window.Start,
            End = wish.Window.End,
            StepSeconds = step.TotalSeconds,
            Metrics = page.Metrics,
            ContinuationToken = page.Next,
        }, notes, AllFailed(page, wanted.Count));
    }

    /// <summary>With a bound on points the source is asked for more of them than are shown, so that peaks are not stepped over.</summary>
    private static TimeSpan StepOf(MetricsWish wish) => wish.MaxPoints is { } most && wish.Window.Length > TimeSpan.FromHours(1)
        ? HistoryTimes.Step(wish.Window.Length, Math.Min(ToolLimits.MaxPoints - 1, 4 * most))
        : TimeSpan.FromSeconds(ToolLimits.Step(wish.Window.Length));

    /// <summary>Where nothing else was asked, a failure is that of the question.</summary>
    private static ToolResult? AllFailed(Page page, int wanted) => wanted > 0 && page.Failed.Count == wanted
        ? Outcome.Error(page.Failed[0].Error!, page.Failed[0].Fault is ToolFaultKind.TimedOut or ToolFaultKind.Failed) with
        { Fault = new ToolFault(page.Failed[0].Fault ?? ToolFaultKind.Failed), Invocation = page.Failed[0].Query }
        : null;

    private Task<AskedSeries> AnswerAsync(
        ApplicationReach<IMetricSource> reach, Caller caller, WantedMetric wanted, MetricsWish wish, TimeSpan step, CancellationToken cancellationToken) =>
        wish.Statistic is { } statistic
            ? new AskStatistic(ask, limits).AskAsync(reach, caller, wanted.Query, statistic, wish.Window, step, cancellationToken)
            : ask.RangeAsync(reach, caller, wanted.Query, wish.Window, step, cancellationToken);

    /// <summary>Series one after the other, over the borders of metrics.</summary>
    private sealed class Page(MetricsWish wish)
    {
        private int left = wish.PageSize;

        public List<AnsweredMetric> Metrics { get; } = [];

        public List<AskedSeries> Failed { get; } = [];

        public string? Next { get; private set; }

        public bool IsFull => Next is not null;

        public void Add(WantedMetric wanted, AskedSeries asked, int index, int count)
        {
            var skip = index == wish.Skip.Metrics ? wish.Skip.Series : 0;
            var shown = asked.Series.Skip(skip).Take(left).ToList();
            left -= shown.Count;
            var seen = skip + shown.Count;
            List<string> warnings = [.. asked.Notes];
            if (wish.MaxPoints is { } most && shown.Exists(s => s.Points.Count > most))
            {
                warnings.Add($"down-sampled to at most {most} points: of each stretch of time the lowest and the highest value stay");
                shown = [.. shown.Select(s => Downsampling.MinMax(s, most))];
            }

            Metrics.Add(new AnsweredMetric
            {
                Name = wanted.Name,
                Origin = wanted.Origin,
                Query = asked.Query,
                Link = asked.Link,
                Unit = wanted.Unit,
                Description = wanted.Description,
                Series = [.. shown.Select(SeriesView.Of)],
                Total = asked.Series.Count,
                Warnings = warnings,
                Error = asked.Error,
            });
            if (asked.Failed)
            {
                Failed.Add(asked);
            }

            var isMore = seen < asked.Series.Count;
            if (isMore || (left == 0 && index + 1 < count))
            {
                Next = (PageToken.For(wish.Window) with { Skip = isMore ? index : index + 1, Inner = isMore ? seen : 0 }).ToString();
            }
        }
    }
}
