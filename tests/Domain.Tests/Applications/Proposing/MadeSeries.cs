using System.Text.RegularExpressions;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Tests.Applications.Proposing;

/// <summary>A source with the given series: it understands selectors as far as the proposal writes them, and answers every query with one sample per service.</summary>
internal sealed partial class MadeSeries(params IReadOnlyList<string> series) : IMetricSource
{
    private readonly List<Dictionary<string, string>> all = [.. series.Select(Read)];

    public string Name => "made";

    public IReadOnlyList<MetricMetadata> Metadata { get; init; } = [];

    /// <summary>Seconds by the value of the label service.</summary>
    public Dictionary<string, double> Measured { get; init; } = [];

    public SourceException? Failure { get; init; }

    public List<string> Queries { get; } = [];

    public Task<MetricAnswer<MetricSample>> QueryAsync(string promql, DateTimeOffset at, CancellationToken cancellationToken)
    {
        Queries.Add(promql);
        return Task.FromResult(new MetricAnswer<MetricSample>([.. Measured.Select(m => new MetricSample(Profiles.Map("service", m.Key), at, m.Value))]));
    }

    public Task<MetricAnswer<IReadOnlyDictionary<string, string>>> FindSeriesAsync(
        IReadOnlyList<string> selectors, TimeWindow window, int limit, CancellationToken cancellationToken)
    {
        Assert.Equal(TimeSpan.FromHours(1), window.Length);
        return Failure is not null
            ? throw Failure
            : Task.FromResult(new MetricAnswer<IReadOnlyDictionary<string, string>>([.. all.Where(s => selectors.Any(selector => Matches(selector, s))).Take(limit)]));
    }

    public Task<IReadOnlyList<MetricMetadata>> ListMetadataAsync(CancellationToken cancellationToken) => Task.FromResult(Metadata);

    public Task<MetricAnswer<MetricSeries>> QueryRangeAsync(string promql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) => throw new InvalidOperationException();

    public Task<IReadOnlyList<AlertingRule>> ListAlertingRulesAsync(CancellationToken cancellationToken) => throw new InvalidOperationException();

    public Uri LinkTo(string promql, TimeWindow window) => throw new InvalidOperationException();

    private static bool Matches(string selector, Dictionary<string, string> series)
    {
        if (Condition().Match(selector) is not { Success: true } condition)
        {
            return series["__name__"] == selector;
        }

        return Regex.IsMatch(series.GetValueOrDefault(condition.Groups[1].Value, ""), $"^(?:{condition.Groups[2].Value.Replace("\\\\", "\\", StringComparison.Ordinal)})$");
    }

    private static Dictionary<string, string> Read(string text)
    {
        var brace = text.IndexOf('{', StringComparison.Ordinal);
        var labels = text[(brace + 1)..^1].Split(',').Select(l => l.Split('=', 2)).ToDictionary(l => l[0], l => l[1].Trim('"'));
        labels["__name__"] = text[..brace];
        return labels;
    }

    [GeneratedRegex("""^\{(\w+)=~"(.*)"\}$""")]
    private static partial Regex Condition();
}
