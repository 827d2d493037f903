using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries.PromQl;

namespace Nightwatch.Domain.Queries.History;

/// <summary>One number for each series of a query over a window, asked in parts where it must be.</summary>
internal sealed class AskStatistic(AskSource ask, QueryLimits limits)
{
    public async Task<AskedSeries> AskAsync(
        ApplicationReach<IMetricSource> reach, Caller caller, string query, WindowStatistic statistic, TimeWindow window, TimeSpan step, CancellationToken cancellationToken)
    {
        if (!PromQlQuery.TryParse(query, PromQlDialect.V3, out var expression, out var error))
        {
            return AskedSeries.Refused(query, $"The query cannot be read: {error}.");
        }

        if (expression.Type != PromQlType.InstantVector)
        {
            return AskedSeries.Refused(query, "A statistic is of a query that gives one value for each series and time.");
        }

        var parts = WindowStatistics.Parts(window, step, limits.MaxRange);
        var values = Task.WhenAll(parts.Select(p => ask.MomentAsync(reach, caller, WindowStatistics.Query(expression, statistic, p, step), p.End, cancellationToken)));
        var counts = statistic == WindowStatistic.Avg && parts.Count > 1
            ? await Task.WhenAll(parts.Select(p => ask.MomentAsync(reach, caller, WindowStatistics.Query(expression, WindowStatistic.Count, p, step), p.End, cancellationToken))).ConfigureAwait(false)
            : [];
        var answers = await values.ConfigureAwait(false);
        if (answers.Concat(counts).FirstOrDefault(a => a.Failed) is { } failed)
        {
            return failed;
        }

        var joined = answers.SelectMany((a, part) => a.Series.Select(s => (Series: s, Part: part)))
            .GroupBy(s => SeriesKey.Of(s.Series.Labels), StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new MetricSeries(
                g.First().Series.Labels,
                WindowStatistics.Join(statistic, [.. g.Select(s => (s.Series.Points[0].Value, CountOf(counts, s.Part, g.Key)))]) is { } value ? [new MetricPoint(window.End, value)] : []))
            .Where(s => s.Points.Count > 0)
            .ToList();
        var notes = answers.SelectMany(a => a.Notes).Distinct(StringComparer.Ordinal).ToList();
        if (parts.Count > 1)
        {
            notes.Add($"put together from {parts.Count} parts of at most {limits.MaxRange.TotalHours:0} h; the query is that of the last one");
        }

        return answers[^1] with { Series = joined, Notes = notes };
    }

    private static double CountOf(AskedSeries[] counts, int part, string key) =>
        counts.Length == 0 ? 1 : counts[part].Series.FirstOrDefault(s => SeriesKey.Of(s.Labels) == key)?.Points[0].Value ?? 0;
}
