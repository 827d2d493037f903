using System.Globalization;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Adapters.Grafana;

/// <summary>
/// A source of any type that a Grafana knows, asked in its own language through POST /api/ds/query (grafana.com/docs, HTTP API, data source). The options are
/// the Grafana's own; the answer comes as data frames.
/// </summary>
internal sealed class GrafanaQuerySource(
    IHttpClientFactory clients, SourceOptions options, string type, string uid, TimeProvider time) : IQuerySource, IDescribedSource
{
    private const string RefId = "A";
    private const int MaxDataPoints = 11_000;

    private readonly SourceClient source = new(clients, GrafanaChangeSource.ClientName, options, GrafanaErrors.Explain, time);

    public string Name => options.Name;

    public string Tenant => options.Tenant;

    public string Type => type;

    public SourceDescription Description => options.Describe(type);

    /// <summary>Grafana's own test of the source behind it.</summary>
    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        var health = await source.GetAsync<UpstreamHealth>($"api/datasources/uid/{uid}/health", cancellationToken).ConfigureAwait(false);
        return string.Equals(health.Status, "OK", StringComparison.OrdinalIgnoreCase)
            ? null
            : throw new SourceException(SourceFailure.Unavailable, Name, $"{Name}: {FailureText.Shorten(health.Message)}");
    }

    public async Task<MetricAnswer<MetricSeries>> QuerySeriesAsync(string query, TimeWindow window, TimeSpan step, CancellationToken cancellationToken)
    {
        var (frames, notes) = await AskAsync(Request(query, step, null), window, cancellationToken).ConfigureAwait(false);
        return new([.. frames.SelectMany(FrameReader.Series)], notes);
    }

    public async Task<IReadOnlyList<LogEntry>> QueryLinesAsync(string query, TimeWindow window, int limit, CancellationToken cancellationToken)
    {
        var (frames, _) = await AskAsync(Request(query, TimeSpan.FromMinutes(1), limit), window, cancellationToken).ConfigureAwait(false);
        return [.. frames.SelectMany(FrameReader.Lines).OrderByDescending(l => l.At).Take(limit)];
    }

    public Uri LinkTo(string query, TimeWindow window) => new ExploreLink(options.ExternalUrl, type, uid).To(query, window);

    /// <param name="lines">How many log lines are wanted; null for numbers.</param>
    private Dictionary<string, object> Request(string query, TimeSpan step, int? lines)
    {
        var request = new Dictionary<string, object>
        {
            ["refId"] = RefId,
            ["datasource"] = new { type, uid },
            ["intervalMs"] = Math.Max(1000, (long)step.TotalMilliseconds),
            ["maxDataPoints"] = MaxDataPoints,
            ["query"] = query,
        };
        if (type == "elasticsearch")
        {
            AddElasticsearch(request, step, lines);
            return request;
        }

        // Which of these is read depends on the language that the source is set to: InfluxQL and Flux take query, SQL takes rawSql.
        request["rawQuery"] = true;
        request["rawSql"] = query;
        request["expr"] = query;
        request["format"] = lines is null ? "time_series" : "logs";
        request["resultFormat"] = lines is null ? "time_series" : "logs";
        if (lines is { } limit)
        {
            request["limit"] = limit.ToString(CultureInfo.InvariantCulture);
        }

        return request;
    }

    /// <summary>A Lucene query finds documents: they are counted over time, or are the lines themselves. The time field is the source's own.</summary>
    private static void AddElasticsearch(Dictionary<string, object> request, TimeSpan step, int? lines)
    {
        var interval = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)step.TotalSeconds)}s");
        request["metrics"] = lines is { } limit
            ? new object[] { new { id = "1", type = "logs", settings = new { limit = limit.ToString(CultureInfo.InvariantCulture) } } }
            : new object[] { new { id = "1", type = "count" } };
        request["bucketAggs"] = lines is null
            ? new object[] { new { id = "2", type = "date_histogram", settings = new { interval, min_doc_count = "0" } } }
            : [];
    }

    private async Task<(IReadOnlyList<Frame> Frames, IReadOnlyList<string> Notes)> AskAsync(
        Dictionary<string, object> request, TimeWindow window, CancellationToken cancellationToken)
    {
        var body = new Dictionary<string, object>
        {
            ["from"] = Milliseconds(window.Start),
            ["to"] = Milliseconds(window.End),
            ["queries"] = new[] { request },
        };
        var answer = await source.PostAsync<QueryAnswer>("api/ds/query", body, cancellationToken).ConfigureAwait(false);
        if (!answer.Results.TryGetValue(RefId, out var result))
        {
            throw source.Bad("the answer has no result for the query");
        }

        if (result.Error is { Length: > 0 } error)
        {
            throw new SourceException(SourceFailure.BadRequest, Name, $"{Name}: {FailureText.Shorten(error)}");
        }

        IReadOnlyList<Frame> frames = [.. (result.Frames ?? []).Select(f => Frame.Read(f) ?? throw source.Bad("a frame's columns do not fit together"))];
        return (frames, [.. frames.SelectMany(f => f.Notices).Select(FailureText.Shorten).Distinct().Take(10)]);
    }

    private static string Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}

internal sealed record UpstreamHealth(string? Status = null, string? Message = null);

internal sealed record QueryAnswer
{
    public required Dictionary<string, ResultAnswer> Results { get; init; }
}

internal sealed record ResultAnswer
{
    public string? Error { get; init; }

    public List<FrameAnswer>? Frames { get; init; }
}
