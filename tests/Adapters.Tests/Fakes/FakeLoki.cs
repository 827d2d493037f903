using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Queries.LogQl;

namespace Nightwatch.Adapters.Tests.Fakes;

/// <summary>
/// As much of Loki's HTTP API as we use, written from grafana.com/docs/loki: push, query and query_range, labels and label values. Lines: start is inclusive, end
/// exclusive, times are Unix nanoseconds. Numbers are given as Prometheus gives them. Errors are plain text. Queries are evaluated by <see cref="FakeLogQl"/>.
/// </summary>
internal sealed partial class FakeLoki : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<(long Time, IReadOnlyDictionary<string, string> Labels, string Line)> lines = [];
    private FakeServer? server;

    public Uri Url => server!.Url;

    public IEnumerable<SeenRequest> Requests => server!.Requests;

    public static async Task<FakeLoki> StartAsync(CancellationToken cancellationToken)
    {
        var loki = new FakeLoki();
        loki.server = await FakeServer.StartAsync(loki.AnswerAsync, cancellationToken);
        return loki;
    }

    public async ValueTask DisposeAsync() => await server!.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        return path switch
        {
            "/loki/api/v1/push" => PushAsync(context),
            "/loki/api/v1/query_range" => QueryAsync(context, range: true),
            "/loki/api/v1/query" => QueryAsync(context, range: false),
            "/loki/api/v1/labels" => ListAsync(context, l => l.Keys),
            _ when ValuesPath().Match(path) is { Success: true } match => ListAsync(context, l => l.TryGetValue(match.Groups[1].Value, out var value) ? [value] : []),
            _ => FakeServer.Text("404 page not found", "text/plain", 404)(context),
        };
    }

    private async Task PushAsync(HttpContext context)
    {
        var body = await context.Request.ReadFromJsonAsync<JsonElement>();
        lock (gate)
        {
            foreach (var stream in body.GetProperty("streams").EnumerateArray())
            {
                var labels = stream.GetProperty("stream").EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!);
                foreach (var value in stream.GetProperty("values").EnumerateArray())
                {
                    lines.Add((long.Parse(value[0].GetString()!, CultureInfo.InvariantCulture), labels, value[1].GetString()!));
                }
            }
        }

        context.Response.StatusCode = 204;
    }

    private async Task QueryAsync(HttpContext context, bool range)
    {
        var parameters = context.Request.HasFormContentType ? context.Request.Form.ToDictionary(f => f.Key, f => f.Value.ToString()) : context.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());
        if (!LogQlParser.TryParse(parameters["query"], out var expression, out _))
        {
            await FakeServer.Text("parse error at line 1, col 1: syntax error: unexpected IDENTIFIER\n", "text/plain", 400)(context);
            return;
        }

        List<FakeLine> all;
        lock (gate)
        {
            all = [.. lines.Select(l => new FakeLine(l.Time, l.Labels, l.Line))];
        }

        try
        {
            object data = expression is LogQuery query ? Streams(query, all, parameters) : range ? Matrix((LogQlMetric)expression, all, parameters) : Vector((LogQlMetric)expression, all, parameters);
            await context.Response.WriteAsJsonAsync(new { status = "success", data });
        }
        catch (FakeLogQlException failure)
        {
            await FakeServer.Text(failure.Message, "text/plain", 400)(context);
        }
    }

    private static object Streams(LogQuery query, List<FakeLine> all, Dictionary<string, string> parameters)
    {
        var (start, end) = (Number(parameters, "start"), Number(parameters, "end"));
        var limit = parameters.TryGetValue("limit", out var given) ? int.Parse(given, CultureInfo.InvariantCulture) : 100;
        var kept = FakeLogQl.Lines(query, all.Where(l => l.Time >= start && l.Time < end));
        var found = (parameters.GetValueOrDefault("direction") == "forward" ? kept.OrderBy(l => l.Time) : kept.OrderByDescending(l => l.Time)).Take(limit);
        return new
        {
            resultType = "streams",
            result = found.GroupBy(l => JsonSerializer.Serialize(l.Labels)).Select(g => new { stream = g.First().Labels, values = g.Select(l => new[] { l.Time.ToString(CultureInfo.InvariantCulture), l.Line }) }),
            stats = new { summary = new { execTime = 0.001 } },
        };
    }

    private static object Matrix(LogQlMetric metric, List<FakeLine> all, Dictionary<string, string> parameters)
    {
        var step = (long)(double.Parse(parameters["step"], CultureInfo.InvariantCulture) * 1e9);
        var series = new Dictionary<string, (Dictionary<string, string> Labels, List<object[]> Values)>();
        for (var at = Number(parameters, "start"); at <= Number(parameters, "end"); at += step)
        {
            foreach (var (labels, value) in FakeLogQl.Evaluate(metric, all, at))
            {
                var key = JsonSerializer.Serialize(labels);
                if (!series.TryGetValue(key, out var of))
                {
                    series[key] = of = (labels, []);
                }

                of.Values.Add([at / 1e9, value.ToString(CultureInfo.InvariantCulture)]);
            }
        }

        return new { resultType = "matrix", result = series.Values.Select(s => new { metric = s.Labels, values = s.Values }) };
    }

    private static object Vector(LogQlMetric metric, List<FakeLine> all, Dictionary<string, string> parameters)
    {
        var at = Number(parameters, "time");
        return new { resultType = "vector", result = FakeLogQl.Evaluate(metric, all, at).Select(s => new { metric = s.Labels, value = new object[] { at / 1e9, s.Value.ToString(CultureInfo.InvariantCulture) } }) };
    }

    private static long Number(Dictionary<string, string> parameters, string name) => long.Parse(parameters[name], CultureInfo.InvariantCulture);

    private Task ListAsync(HttpContext context, Func<IReadOnlyDictionary<string, string>, IEnumerable<string>> of)
    {
        lock (gate)
        {
            var values = lines.SelectMany(l => of(l.Labels)).Distinct().Order(StringComparer.Ordinal).ToList();
            return context.Response.WriteAsJsonAsync(values.Count == 0 ? (object)new { status = "success" } : new { status = "success", data = values });
        }
    }

    [GeneratedRegex("^/loki/api/v1/label/([^/]+)/values$")]
    private static partial Regex ValuesPath();
}
