using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Tools.Metrics;

/// <summary>Series as tools give them.</summary>
/// <param name="Total">How many there are, also those that were left out.</param>
internal sealed record SeriesData(IReadOnlyList<SeriesView> Series, int StepSeconds, int Total);

/// <param name="Points">Unix seconds and value; null where the value is NaN or infinite.</param>
internal sealed record SeriesView(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<double?[]> Points)
{
    public static SeriesView Of(MetricSeries series) =>
        new(series.Labels, [.. series.Points.Select(p => new[] { p.At.ToUnixTimeMilliseconds() / 1000d, ToolJson.Number(p.Value) })]);
}
