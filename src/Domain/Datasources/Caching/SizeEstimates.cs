namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>Bytes that answers take in memory on a 64-bit runtime: headers, tables and two bytes per character. An estimate that is rather too high.</summary>
internal static class SizeEstimates
{
    private const long Record = 64;
    private const long Point = 24;

    public static ValueSize Of(MetricAnswer<MetricSample> answer) => Whole(answer, answer.Items.Sum(s => Record + Point + Of(s.Labels)));

    public static ValueSize Of(MetricAnswer<MetricSeries> answer) => Whole(answer, answer.Items.Sum(s => Record + (Point * s.Points.Count) + Of(s.Labels)));

    public static ValueSize Of(MetricAnswer<IReadOnlyDictionary<string, string>> answer) => Whole(answer, answer.Items.Sum(Of));

    public static ValueSize Of(IReadOnlyList<MetricMetadata> list) => Whole(list, m => Of(m.Name) + Of(m.Type) + Of(m.Help) + Of(m.Unit));

    public static ValueSize Of(IReadOnlyList<AlertingRule> list) => Whole(list, r => Of(r.Name) + Of(r.Expression) + Of(r.Group) + Of(r.Labels));

    public static ValueSize Of(IReadOnlyList<LogEntry> list) => Whole(list, l => Point + Of(l.Line) + Of(l.Labels));

    public static ValueSize Of(IReadOnlyList<string> list) => Whole(list, Of);

    public static ValueSize Of(IReadOnlyList<DashboardSummary> list) => Whole(list, Of);

    public static ValueSize Of(IReadOnlyList<UpstreamDatasource> list) => Whole(list, u => Of(u.Uid) + Of(u.Name) + Of(u.Type));

    public static ValueSize Of(Dashboard? dashboard) => dashboard is null
        ? new(0, false)
        : new(Record + Of(dashboard.Summary) + dashboard.Panels.Sum(p => Record + Of(p.Title) + Of(p.Type) + Of(p.DatasourceUid ?? "") + p.Queries.Sum(Of)), true);

    /// <summary>Whole also when the source does not tell: it would not the next time either.</summary>
    public static ValueSize Of(SeriesStatistics statistics) => new(Record + statistics.Largest.Sum(l => Record + Of(l.Key)), true);

    private static long Of(DashboardSummary summary) =>
        (2 * Record) + Of(summary.Uid) + Of(summary.Title) + Of(summary.Folder) + (2 * Of(summary.Link.OriginalString)) + summary.Tags.Sum(Of);

    private static ValueSize Whole<T>(MetricAnswer<T> answer, long bytes) => new(Record + bytes + answer.Notes.Sum(Of), answer is { Items.Count: > 0, Notes.Count: 0 });

    private static ValueSize Whole<T>(IReadOnlyList<T> list, Func<T, long> of) => new(Record + list.Sum(i => Record + of(i)), list.Count > 0);

    private static long Of(IReadOnlyDictionary<string, string> labels)
    {
        long bytes = 200;
        foreach (var (name, value) in labels)
        {
            bytes += 40 + Of(name) + Of(value);
        }

        return bytes;
    }

    private static long Of(string text) => 24 + (2L * text.Length);
}
