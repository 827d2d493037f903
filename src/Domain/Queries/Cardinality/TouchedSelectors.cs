using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.Cardinality;

/// <summary>A selector of a query, and how much of its series the query reads.</summary>
/// <param name="Selector">Canonical, without offset and @.</param>
/// <param name="Metric">The one metric that it selects; null when it may be several.</param>
/// <param name="SamplesPerSeries">Estimated for one scrape every <see cref="TouchedSelectors.ScrapeInterval"/>.</param>
/// <param name="IsNarrow">It fixes a label that few series share.</param>
internal sealed record TouchedSelector(string Selector, string? Metric, double SamplesPerSeries, bool IsNarrow);

/// <summary>Finds what a query touches.</summary>
internal sealed class TouchedSelectors
{
    /// <summary>Usual; sources do not tell theirs.</summary>
    public static readonly TimeSpan ScrapeInterval = TimeSpan.FromSeconds(15);

    /// <summary>How far Prometheus looks back for an instant value.</summary>
    private static readonly TimeSpan LookBack = TimeSpan.FromMinutes(5);

    /// <summary>Labels whose every value has few series, by the conventions of Prometheus and Kubernetes.</summary>
    private static readonly HashSet<string> NarrowLabels = new(StringComparer.Ordinal) { "instance", "pod", "pod_name", "container_id", "uid", "hostname", "nodename" };

    private readonly QueryRange range;
    private readonly List<TouchedSelector> found = [];

    private TouchedSelectors(QueryRange range) => this.range = range;

    /// <param name="range">Null for one moment.</param>
    public static IReadOnlyList<TouchedSelector> Of(PromQlExpr expression, QueryRange? range)
    {
        var touched = new TouchedSelectors(range ?? new QueryRange(TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        touched.Walk(expression, 0, touched.range.Points);
        return touched.found;
    }

    /// <param name="around">Seconds that the subqueries around reach back.</param>
    /// <param name="evaluations">How often it is evaluated.</param>
    private void Walk(PromQlExpr expression, double around, double evaluations)
    {
        switch (expression)
        {
            case VectorSelector selector:
                Add(selector, 0, around, evaluations);
                break;
            case RangeSelector window:
                Add(window.Selector, Seconds(window.Range), around, evaluations);
                break;
            case SubqueryExpr subquery:
                var (length, step) = (Seconds(subquery.Range), subquery.Step is { } given ? Seconds(given) : 60);
                Walk(subquery.Inner, around + length, evaluations * Math.Max(1, length / Math.Max(1, step)));
                break;
            case ParenExpr paren:
                Walk(paren.Inner, around, evaluations);
                break;
            case UnaryExpr unary:
                Walk(unary.Inner, around, evaluations);
                break;
            case BinaryExpr binary:
                Walk(binary.Left, around, evaluations);
                Walk(binary.Right, around, evaluations);
                break;
            case AggregateExpr aggregate:
                Walk(aggregate.Inner, around, evaluations);
                break;
            case CallExpr call:
                foreach (var argument in call.Arguments)
                {
                    Walk(argument, around, evaluations);
                }

                break;
            default:
                break;
        }
    }

    private void Add(VectorSelector selector, double window, double around, double evaluations)
    {
        // Each evaluation reads its window, or one value; together they read no more than there is over the whole time.
        var perEvaluation = Math.Max(1, window / ScrapeInterval.TotalSeconds);
        var atAll = Math.Max(1, (range.Length.TotalSeconds + around + Math.Max(window, LookBack.TotalSeconds)) / ScrapeInterval.TotalSeconds);
        var narrow = selector.Matchers.Any(m => m.Operator == MatchOperator.Equal && m.Value.Length > 0 && NarrowLabels.Contains(m.Label));
        found.Add(new TouchedSelector(
            PromQlPrinter.Print(new VectorSelector(selector.Name, selector.Matchers)), selector.Metric, Math.Min(perEvaluation * evaluations, atAll), narrow));
    }

    private double Seconds(PromQlDuration duration) => duration.Seconds(range.Step.TotalSeconds, range.Length.TotalSeconds) is { } seconds and > 0 and < double.PositiveInfinity ? seconds : 0;
}
