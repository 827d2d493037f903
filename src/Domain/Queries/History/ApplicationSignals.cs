using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Investigations.Planning;
using Nightwatch.Domain.Investigations.Queries;
using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Tools.Metrics;

namespace Nightwatch.Domain.Queries.History;

/// <summary>What the metrics of an application tell of it, found by asking the source which series carry the application's labels.</summary>
internal sealed class ApplicationSignals
{
    private const int MaxSeries = 20_000;

    private static readonly string[] Instances = ["pod", "instance"];

    private readonly QueryScope scope;
    private readonly ApplicationReach<IMetricSource> reach;

    private ApplicationSignals(ApplicationReach<IMetricSource> reach, IReadOnlyList<KnownMetric> metrics, TimeSpan rateWindow)
    {
        this.reach = reach;
        Metrics = metrics;
        ComponentLabel = LabelOfComponents(reach.Profile);
        scope = new QueryScope(
            new InvestigationSubject { AlertName = "", Labels = SourceMapping.NoLabels, StartsAt = default, ServiceLabel = ComponentLabel },
            rateWindow,
            null,
            [.. reach.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => LabelCondition.Is(l.Key, l.Value))]);
        InstanceLabel = Array.Find(Instances, l => metrics.Any(m => m.Labels.ContainsKey(l)));
    }

    public IReadOnlyList<KnownMetric> Metrics { get; }

    /// <summary>The label that tells the components apart, as the profile maps them; null when it maps none.</summary>
    public string? ComponentLabel { get; }

    public string? InstanceLabel { get; }

    /// <summary>Looks at the series of the last hour of the window at most.</summary>
    /// <exception cref="SourceException">The source failed.</exception>
    public static async Task<(ApplicationSignals Signals, IReadOnlyList<string> Notes)> FindAsync(
        ApplicationReach<IMetricSource> reach, TimeWindow window, TimeSpan rateWindow, CancellationToken cancellationToken)
    {
        if (!reach.IsMapped)
        {
            return (new ApplicationSignals(reach, [], rateWindow), ["the profile has no labels for metrics, so nothing but its own queries can be asked"]);
        }

        var recent = new TimeWindow(window.Length > TimeSpan.FromHours(1) ? window.End.AddHours(-1) : window.Start, window.End);
        var selector = PromQlBuild.Series([.. reach.Matchers]).ToString();
        var found = reach.Source.FindSeriesAsync([selector], recent, MaxSeries, cancellationToken);
        var metadata = (await reach.Source.ListMetadataAsync(cancellationToken).ConfigureAwait(false)).GroupBy(m => m.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        var series = await found.ConfigureAwait(false);
        if (series.Items.Count == 0 && recent.Start > window.Start)
        {
            series = await reach.Source.FindSeriesAsync([selector], window, MaxSeries, cancellationToken).ConfigureAwait(false);
        }

        List<KnownMetric> metrics =
        [
            .. series.Items.GroupBy(s => s.GetValueOrDefault("__name__", ""), StringComparer.Ordinal)
                .Where(g => Investigations.Queries.PromQl.IsMetricName(g.Key))
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => new KnownMetric(g.Key, FoundSeries.Describe(metadata, g.Key).Type, FoundSeries.LabelsOf(g))),
        ];
        return (new ApplicationSignals(reach, metrics, rateWindow), series.Notes);
    }

    /// <summary>The same with rates over another window.</summary>
    public ApplicationSignals WithRateWindow(TimeSpan rateWindow) => new(reach, Metrics, rateWindow);

    /// <summary>Requests, errors, durations and what is used of the machine, as far as the metrics tell them.</summary>
    public IReadOnlyList<SignalQuery> All() =>
        [.. RequestSignals.For(Metrics, scope).Concat(ResourceSignals.For(Metrics, scope)).Concat(ContainerSignals.For(Metrics, scope))];

    /// <summary>Requests per second, all and failed; null when no counter tells failed ones apart.</summary>
    public (string Total, string Failed)? Requests() => RequestSignals.ServedWithFailures(Metrics, scope) is { } found
        ? ($"sum(rate({scope.Select(found.Counter)}[{scope.Window}]))", $"sum(rate({scope.Select(found.Counter, found.Failed)}[{scope.Window}]))")
        : null;

    /// <summary>The 95th percentile of the duration of requests in seconds, of the application as a whole; null without a histogram.</summary>
    public string? LatencyP95()
    {
        if (All().FirstOrDefault(s => s.Topic == Topics.Latency) is not { } signal || PromQlQuery.Parse(signal.Query) is not CallExpr { Arguments: [var quantile, AggregateExpr sum] } call)
        {
            return null;
        }

        var whole = call with { Arguments = [quantile, sum with { Grouping = ["le"] }] };
        return signal.Unit == "milliseconds" ? PromQlBuild.Binary(whole, PromQlOperator.Divide, PromQlBuild.Number(1000)).ToString() : whole.ToString();
    }

    /// <summary>The same query for each instance: the label is added to every grouping.</summary>
    public string? ByInstance(SignalQuery signal) => InstanceLabel is { } label && PromQlQuery.TryParse(signal.Query, PromQlDialect.V3, out var expression, out _)
        ? new AlsoBy(label).Rewrite(expression).ToString()
        : null;

    private static string? LabelOfComponents(ApplicationProfile profile) => profile.Components
        .SelectMany(c => c.Metrics.Labels.Keys)
        .GroupBy(l => l, StringComparer.Ordinal)
        .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
        .FirstOrDefault()?.Key;

    private sealed class AlsoBy(string label) : PromQlRewriter
    {
        public override PromQlExpr Rewrite(PromQlExpr expression) => base.Rewrite(expression) is AggregateExpr { Without: false } aggregate && !aggregate.Grouping.Contains(label)
            ? aggregate with { Grouping = [.. aggregate.Grouping, label] }
            : base.Rewrite(expression);
    }
}
