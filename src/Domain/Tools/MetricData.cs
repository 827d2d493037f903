using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries;

namespace Nightwatch.Domain.Tools;

/// <summary>Numbers of a source as the data of a result.</summary>
internal static class MetricData
{
    /// <summary>{samples: [{labels, value (null for NaN or infinite), at}], total}.</summary>
    public static ToolResult Of(MetricAnswer<MetricSample> answer, QueryLimits limits)
    {
        var (kept, note) = limits.Keep(answer.Items, "samples");
        return answer.Items.Count == 0
            ? Outcome.NoData(Outcome.Notes(["No series matches at that time.", .. answer.Notes])!)
            : Outcome.Success(new SamplesData([.. kept.Select(Sample.Of)], answer.Items.Count), Outcome.Notes([.. answer.Notes, note]));
    }

    /// <summary>{series: [{labels, points: [[unix_seconds, value]]}], step_seconds, total}.</summary>
    public static ToolResult Of(MetricAnswer<MetricSeries> answer, int step, QueryLimits limits)
    {
        var (kept, note) = limits.Keep(answer.Items, "series");
        return answer.Items.Count == 0
            ? Outcome.NoData(Outcome.Notes(["No series matches in that time.", .. answer.Notes])!)
            : Outcome.Success(new RangeData([.. kept.Select(Series.Of)], step, answer.Items.Count), Outcome.Notes([.. answer.Notes, note]));
    }

    private sealed record SamplesData(IReadOnlyList<Sample> Samples, int Total);

    private sealed record Sample(IReadOnlyDictionary<string, string> Labels, double? Value, DateTimeOffset At)
    {
        public static Sample Of(MetricSample sample) => new(sample.Labels, ToolJson.Number(sample.Value), sample.At);
    }

    private sealed record RangeData(IReadOnlyList<Series> Series, int StepSeconds, int Total);

    private sealed record Series(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<double?[]> Points)
    {
        public static Series Of(MetricSeries series) =>
            new(series.Labels, [.. series.Points.Select(p => new[] { p.At.ToUnixTimeMilliseconds() / 1000d, ToolJson.Number(p.Value) })]);
    }
}
