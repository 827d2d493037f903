using System.Globalization;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Queries.PromQl;

namespace Nightwatch.Domain.Queries.Cardinality;

/// <param name="Refusal">Why the query is too heavy to be sent; null when it may go.</param>
/// <param name="Note">What is to be said beside the answer.</param>
public sealed record QueryCost(string? Refusal, string? Note)
{
    public static QueryCost Unremarkable { get; } = new(null, null);
}

/// <summary>
/// Estimates how many series and samples a person's query reads, before it is sent. What the source tells of its largest metrics settles most queries of the last
/// hours; all others are counted, at the window's ends. Nightwatch's own questions are not held up by it.
/// </summary>
public sealed class EstimateQuery(QueryLimits limits, TimeProvider time)
{
    /// <summary>For the whole estimate. A query that cannot be estimated in time goes out: the source has limits of its own.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>What a source tells of its series is about its newest block, and says nothing of what is older.</summary>
    private static readonly TimeSpan NewestBlock = TimeSpan.FromHours(2);

    /// <param name="query">As it is to be sent.</param>
    /// <param name="window">One moment, for a query of one.</param>
    public async Task<QueryCost> CheckAsync(IMetricSource source, string query, TimeWindow window, QueryRange? range, Caller caller, CancellationToken cancellationToken)
    {
        if (caller.Kind == CallerKind.System || limits.MaxSeries == 0 || !PromQlQuery.TryParse(query, PromQlDialect.V3, out var expression, out _))
        {
            return QueryCost.Unremarkable;
        }

        var touched = TouchedSelectors.Of(expression, range).Where(t => !t.IsNarrow).ToList();
        if (touched.Count == 0)
        {
            return QueryCost.Unremarkable;
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await EstimateAsync(source, touched, window, linked.Token).ConfigureAwait(false);
        }
        catch (SourceException)
        {
            return new(null, "how many series it reads could not be estimated");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, string.Create(CultureInfo.InvariantCulture, $"how many series it reads could not be estimated within {Limit.TotalSeconds:0} s"));
        }
    }

    private async Task<QueryCost> EstimateAsync(IMetricSource source, List<TouchedSelector> touched, TimeWindow window, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - window.Start <= NewestBlock)
        {
            var statistics = await source.ReadStatisticsAsync(cancellationToken).ConfigureAwait(false);
            if (Exceeds([.. touched.Select(t => (t, statistics.AtMost(t.Metric) ?? long.MaxValue))]) is null)
            {
                return QueryCost.Unremarkable;
            }
        }

        var counts = await Task.WhenAll(touched.Select(t => t.Selector).Distinct().Select(async s => (Selector: s, Series: await CountAsync(source, s, window, cancellationToken).ConfigureAwait(false))))
            .ConfigureAwait(false);
        var series = counts.ToDictionary(c => c.Selector, c => c.Series, StringComparer.Ordinal);
        return new(Exceeds([.. touched.Select(t => (t, series[t.Selector]))]), null);
    }

    /// <summary>The larger of the window's two ends: things come and go.</summary>
    private static async Task<long> CountAsync(IMetricSource source, string selector, TimeWindow window, CancellationToken cancellationToken)
    {
        var last = source.CountSeriesAsync(selector, window.End, cancellationToken);
        var first = window.Length > TimeSpan.FromMinutes(10) ? source.CountSeriesAsync(selector, window.Start, cancellationToken) : last;
        var both = await Task.WhenAll(first, last).ConfigureAwait(false);
        return both.Max();
    }

    private string? Exceeds(IReadOnlyList<(TouchedSelector Touched, long Series)> parts)
    {
        // A selector that stands twice reads the same series.
        var series = parts.DistinctBy(p => p.Touched.Selector).Sum(p => (double)p.Series);
        var samples = parts.Sum(p => p.Series * p.Touched.SamplesPerSeries);
        if (series <= limits.MaxSeries && samples <= limits.MaxSamples)
        {
            return null;
        }

        var (most, count) = parts.MaxBy(p => p.Series * p.Touched.SamplesPerSeries);
        var bound = series > limits.MaxSeries
            ? string.Create(CultureInfo.InvariantCulture, $"about {series:0} series; at most {limits.MaxSeries} are read at once ({QueryLimits.MaxSeriesKey})")
            : string.Create(CultureInfo.InvariantCulture, $"about {samples:0} samples; at most {limits.MaxSamples} are read at once ({QueryLimits.MaxSamplesKey})");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The query is not sent: it would read {bound}. {most.Selector} alone has about {count} series: fix a label of it, as in job=\"...\", or ask for a shorter time or longer steps.");
    }
}
