using System.Globalization;
using System.Text.Json;
using Nightwatch.Adapters.Grafana;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;

namespace Nightwatch.Adapters.Prometheus;

/// <summary>Prometheus' HTTP API v1 (also Thanos, Mimir, VictoriaMetrics), written from prometheus.io/docs/prometheus/latest/querying/api.</summary>
internal sealed class PrometheusMetricSource(
    IHttpClientFactory clients, SourceOptions options, TimeProvider time, ExploreLink? explore = null, string client = PrometheusMetricSource.ClientName) : IMetricSource, IDescribedSource
{
    public const string ClientName = "prometheus";

    private readonly SourceClient source = new(clients, client, options, Explain, time);

    public string Name => options.Name;

    public string Tenant => options.Tenant;

    public SourceDescription Description => options.Describe(DatasourceTypes.Prometheus);

    /// <summary>The version of those that tell it; any answer to the smallest query of the others.</summary>
    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        await AskAsync<QueryData>("api/v1/query", [new("query", "1"), TimeLimit()], cancellationToken).ConfigureAwait(false);
        try
        {
            var (build, _) = await AskAsync<BuildInfo>("api/v1/status/buildinfo", [], cancellationToken).ConfigureAwait(false);
            return FailureText.Shorten(build.Version) is { Length: > 0 } version ? version : null;
        }
        catch (SourceException)
        {
            return null;
        }
    }

    public async Task<MetricAnswer<MetricSample>> QueryAsync(string promql, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var (data, notes) = await AskAsync<QueryData>(
            "api/v1/query", [new("query", promql), new("time", QueryText.Seconds(at)), TimeLimit()], cancellationToken).ConfigureAwait(false);
        return data.ResultType switch
        {
            "vector" or "matrix" => Samples(Series(data.Result), notes),
            "scalar" => new([new MetricSample(new Dictionary<string, string>(), at, source.Parse<SampleValue>(data.Result).Value)], notes),
            _ => throw new SourceException(SourceFailure.BadRequest, Name, $"{Name}: the query gives a {FailureText.Shorten(data.ResultType)}, not numbers"),
        };
    }

    public async Task<MetricAnswer<MetricSeries>> QueryRangeAsync(string promql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken)
    {
        var (data, notes) = await AskAsync<QueryData>(
            "api/v1/query_range",
            [
                new("query", promql),
                new("start", QueryText.Seconds(window.Start)),
                new("end", QueryText.Seconds(window.End)),
                new("step", step.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)),
                TimeLimit(),
            ],
            cancellationToken).ConfigureAwait(false);
        if (data.ResultType != "matrix")
        {
            throw source.Bad($"a range query gave a {FailureText.Shorten(data.ResultType)}");
        }

        var results = Series(data.Result);
        var series = results.Where(r => r.Values is not null).Select(r => new MetricSeries(r.Metric, [.. r.Values!.Select(v => v.Point)])).ToList();
        return new(series, WithHistograms(notes, results.Count - series.Count));
    }

    public async Task<MetricAnswer<IReadOnlyDictionary<string, string>>> FindSeriesAsync(
        IReadOnlyList<string> selectors, TimeWindow window, int limit, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> parameters =
        [
            .. selectors.Select(s => KeyValuePair.Create("match[]", s)),
            new("start", QueryText.Seconds(window.Start)),
            new("end", QueryText.Seconds(window.End)),
            // Known since 2.51; older ones ignore it, so the answer is also cut here.
            new("limit", limit.ToString(CultureInfo.InvariantCulture)),
        ];
        var (data, notes) = await AskAsync<List<Dictionary<string, string>>>("api/v1/series", parameters, cancellationToken).ConfigureAwait(false);
        source.WithoutNulls(data);
        return data.Count <= limit ? new(data, notes) : new(data[..limit], [.. notes, $"only {limit} of {data.Count} series are kept"]);
    }

    public async Task<IReadOnlyList<MetricMetadata>> ListMetadataAsync(CancellationToken cancellationToken)
    {
        var (data, _) = await AskAsync<Dictionary<string, List<MetadataResult>>>("api/v1/metadata", [new("limit_per_metric", "1")], cancellationToken).ConfigureAwait(false);
        return
        [
            .. data.Where(m => m.Value is [not null, ..])
                .OrderBy(m => m.Key, StringComparer.Ordinal)
                .Select(m => new MetricMetadata(m.Key, m.Value[0].Type ?? "unknown", m.Value[0].Help ?? "", m.Value[0].Unit ?? "")),
        ];
    }

    /// <summary>What Prometheus tells of its newest block; others that speak its language may not know the question.</summary>
    public async Task<SeriesStatistics> ReadStatisticsAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (data, _) = await AskAsync<TsdbStatus>("api/v1/status/tsdb", [new("limit", "1000")], cancellationToken).ConfigureAwait(false);
            var largest = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var metric in data.SeriesCountByMetricName ?? [])
            {
                if (metric is { Name: { } name, Value: >= 0 })
                {
                    largest[name] = metric.Value;
                }
            }

            return new SeriesStatistics(data.HeadStats?.NumSeries, largest);
        }
        catch (SourceException refused) when (refused.Failure is SourceFailure.BadRequest or SourceFailure.BadAnswer or SourceFailure.Unauthorized)
        {
            return SeriesStatistics.Unknown;
        }
    }

    public async Task<IReadOnlyList<AlertingRule>> ListAlertingRulesAsync(CancellationToken cancellationToken)
    {
        var (data, _) = await AskAsync<RulesData>("api/v1/rules", [new("type", "alert")], cancellationToken).ConfigureAwait(false);
        return
        [
            .. from g in source.WithoutNulls(data.Groups)
               from r in g.Rules ?? []
               where r is { Type: "alerting" }
               select new AlertingRule(r.Name, r.Query, TimeSpan.FromSeconds(Math.Clamp(r.Duration, 0, 1e9)), r.Labels ?? [], g.Name),
        ];
    }

    /// <summary>Grafana's Explore for one that is asked through it, otherwise Prometheus' graph page over the window, in UTC as that page expects.</summary>
    public Uri LinkTo(string promql, TimeWindow window) => explore?.To(promql, window) ?? new(options.ExternalUrl, "graph?" + QueryText.Of(
    [
        new("g0.expr", promql),
        new("g0.tab", "0"),
        new("g0.range_input", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(60, (long)Math.Ceiling(window.Length.TotalSeconds))}s")),
        new("g0.end_input", window.End.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)),
    ]));

    private static MetricAnswer<MetricSample> Samples(List<SeriesResult> results, IReadOnlyList<string> notes)
    {
        var samples = new List<MetricSample>(results.Count);
        var others = 0;
        foreach (var result in results)
        {
            if (result.Value is { } value)
            {
                samples.Add(new MetricSample(result.Metric, value.At, value.Value));
            }
            else if (result.Values is { } values)
            {
                samples.AddRange(values.Select(v => new MetricSample(result.Metric, v.At, v.Value)));
            }
            else
            {
                others++;
            }
        }

        return new(samples, WithHistograms(notes, others));
    }

    private static IReadOnlyList<string> WithHistograms(IReadOnlyList<string> notes, int count) =>
        count == 0 ? notes : [.. notes, $"{count} native histogram series have no plain number and are left out"];

    private async Task<(T Data, IReadOnlyList<string> Notes)> AskAsync<T>(
        string path, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        var answer = await source.AskAsync<PrometheusEnvelope<T>>(path, parameters, cancellationToken).ConfigureAwait(false);
        return answer is { Status: "success", Data: { } data }
            ? (data, [.. answer.Notes.Take(10).Select(FailureText.Shorten)])
            : throw source.Bad(FailureText.Shorten(answer.Error ?? "the answer has no data"));
    }

    private List<SeriesResult> Series(JsonElement result) => source.WithoutNulls(source.Parse<List<SeriesResult>>(result));

    /// <summary>Prometheus itself stops a query that we no longer wait for.</summary>
    private KeyValuePair<string, string> TimeLimit() => new("timeout", string.Create(CultureInfo.InvariantCulture, $"{options.Timeout.TotalSeconds:0}s"));

    /// <summary>Errors come as the same envelope: bad_data (400), execution (422), timeout and canceled (503), internal (500).</summary>
    private static (SourceFailure, string)? Explain(RefusedAnswer refused)
    {
        try
        {
            var envelope = JsonSerializer.Deserialize<PrometheusEnvelope<JsonElement>>(refused.Body, SourceJson.Options);
            return envelope?.Error is not { Length: > 0 } error
                ? null
                : (envelope.ErrorType switch
                {
                    "timeout" => SourceFailure.Timeout,
                    "bad_data" or "execution" => SourceFailure.BadRequest,
                    _ => SourceClient.FailureOf(refused.Status),
                }, error);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
