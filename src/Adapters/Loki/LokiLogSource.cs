using System.Globalization;
using Nightwatch.Adapters.Grafana;
using Nightwatch.Adapters.Http;
using Nightwatch.Adapters.Prometheus;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;

namespace Nightwatch.Adapters.Loki;

/// <summary>Loki's HTTP API, written from grafana.com/docs/loki/latest/reference/loki-http-api.</summary>
internal sealed class LokiLogSource(
    IHttpClientFactory clients, SourceOptions options, ExploreLink? explore, TimeProvider time, string client = LokiLogSource.ClientName) : ILogSource, IDescribedSource
{
    public const string ClientName = "loki";

    // Loki's errors are plain text, so the client's own reading of them is right.
    private readonly SourceClient source = new(clients, client, options, static _ => null, time);

    public string Name => options.Name;

    public string Tenant => options.Tenant;

    public SourceDescription Description => options.Describe(DatasourceTypes.Loki);

    /// <summary>Loki tells its version to everybody; the labels only to those who may read.</summary>
    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        await source.GetAsync<LokiAnswer<List<string>>>("loki/api/v1/labels", cancellationToken).ConfigureAwait(false);
        try
        {
            return (await source.GetAsync<LokiBuild>("loki/api/v1/status/buildinfo", cancellationToken).ConfigureAwait(false)).Version is { Length: > 0 } version
                ? FailureText.Shorten(version)
                : null;
        }
        catch (SourceException)
        {
            return null;
        }
    }

    public Task<IReadOnlyList<LogEntry>> QueryRangeAsync(string logql, TimeWindow window, int limit, CancellationToken cancellationToken) =>
        QueryAsync(logql, window, limit, forward: false, cancellationToken);

    public Task<IReadOnlyList<LogEntry>> QueryForwardAsync(string logql, TimeWindow window, int limit, CancellationToken cancellationToken) =>
        QueryAsync(logql, window, limit, forward: true, cancellationToken);

    private async Task<IReadOnlyList<LogEntry>> QueryAsync(string logql, TimeWindow window, int limit, bool forward, CancellationToken cancellationToken)
    {
        var answer = await source.AskAsync<LokiAnswer<LokiData>>(
            "loki/api/v1/query_range",
            [
                new("query", logql),
                new("start", QueryText.Nanoseconds(window.Start)),
                // Loki's end is exclusive; ours is not.
                new("end", QueryText.Nanoseconds(window.End.AddTicks(1))),
                new("limit", limit.ToString(CultureInfo.InvariantCulture)),
                new("direction", forward ? "forward" : "backward"),
            ],
            cancellationToken).ConfigureAwait(false);
        var data = Data(answer);
        if (data.ResultType != "streams")
        {
            throw new SourceException(SourceFailure.BadRequest, Name, $"{Name}: the query gives a {FailureText.Shorten(data.ResultType)}, not log lines");
        }

        var lines = source.WithoutNulls(source.Parse<List<LokiStream>>(data.Result)).SelectMany(s => s.Values.Select(v => new LogEntry(v.At, s.Stream, v.Line)));
        return [.. (forward ? lines.OrderBy(l => l.At) : lines.OrderByDescending(l => l.At)).Take(limit)];
    }

    public async Task<MetricAnswer<MetricSeries>> QuerySeriesAsync(string logql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken)
    {
        var answer = await source.AskAsync<LokiAnswer<LokiData>>(
            "loki/api/v1/query_range",
            [
                new("query", logql),
                new("start", QueryText.Nanoseconds(window.Start)),
                new("end", QueryText.Nanoseconds(window.End)),
                new("step", step.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)),
            ],
            cancellationToken).ConfigureAwait(false);
        return new([.. Numbers(answer, "matrix").Where(s => s.Values is not null).Select(s => new MetricSeries(s.Metric, [.. s.Values!.Select(v => v.Point)]))], Notes(answer));
    }

    public async Task<MetricAnswer<MetricSample>> QuerySamplesAsync(string logql, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var answer = await source.AskAsync<LokiAnswer<LokiData>>(
            "loki/api/v1/query", [new("query", logql), new("time", QueryText.Nanoseconds(at))], cancellationToken).ConfigureAwait(false);
        if (Data(answer).ResultType == "scalar")
        {
            return new([new MetricSample(new Dictionary<string, string>(), at, source.Parse<SampleValue>(Data(answer).Result).Value)], Notes(answer));
        }

        return new([.. Numbers(answer, "vector").Where(s => s.Value is not null).Select(s => new MetricSample(s.Metric, s.Value!.Value.At, s.Value.Value.Value))], Notes(answer));
    }

    public async Task<IReadOnlyList<string>> ListLabelsAsync(TimeWindow window, CancellationToken cancellationToken) =>
        await ListAsync("loki/api/v1/labels", window, cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<string>> ListLabelValuesAsync(string label, TimeWindow window, CancellationToken cancellationToken) =>
        await ListAsync($"loki/api/v1/label/{Uri.EscapeDataString(label)}/values", window, cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<string>> ListLabelValuesAsync(string label, string selector, TimeWindow window, CancellationToken cancellationToken) =>
        await ListAsync($"loki/api/v1/label/{Uri.EscapeDataString(label)}/values", window, cancellationToken, selector).ConfigureAwait(false);

    /// <summary>Grafana's Explore over the window; without a Grafana the API's own answer.</summary>
    public Uri LinkTo(string logql, TimeWindow window) => explore?.To(logql, window) ?? new Uri(options.ExternalUrl, "loki/api/v1/query_range?" + QueryText.Of(
        [new("query", logql), new("start", QueryText.Nanoseconds(window.Start)), new("end", QueryText.Nanoseconds(window.End))]));

    private async Task<IReadOnlyList<string>> ListAsync(string path, TimeWindow window, CancellationToken cancellationToken, string? selector = null)
    {
        List<KeyValuePair<string, string>> parameters = [new("start", QueryText.Nanoseconds(window.Start)), new("end", QueryText.Nanoseconds(window.End))];
        if (selector is not null)
        {
            parameters.Add(new("query", selector));
        }

        var query = QueryText.Of(parameters);
        var answer = await source.GetAsync<LokiAnswer<List<string>>>($"{path}?{query}", cancellationToken).ConfigureAwait(false);
        // Loki leaves data out when there is nothing.
        return answer.Status == "success" ? [.. (answer.Data ?? []).Where(v => v is not null)] : throw source.Bad("the answer is not a success");
    }

    /// <summary>Loki writes series as Prometheus does.</summary>
    private List<SeriesResult> Numbers(LokiAnswer<LokiData> answer, string type)
    {
        var data = Data(answer);
        return data.ResultType == type
            ? source.WithoutNulls(source.Parse<List<SeriesResult>>(data.Result))
            : throw new SourceException(SourceFailure.BadRequest, Name, $"{Name}: the query gives {FailureText.Shorten(data.ResultType)}, not a {type} of numbers");
    }

    private static IReadOnlyList<string> Notes(LokiAnswer<LokiData> answer) => [.. (answer.Warnings ?? []).Where(w => w is not null).Take(10).Select(FailureText.Shorten)];

    private T Data<T>(LokiAnswer<T> answer)
        where T : class => answer is { Status: "success", Data: { } data } ? data : throw source.Bad("the answer has no data");
}
