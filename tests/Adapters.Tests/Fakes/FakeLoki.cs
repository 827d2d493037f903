using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Nightwatch.Adapters.Tests.Fakes;

/// <summary>
/// As much of Loki's HTTP API as we use, written from grafana.com/docs/loki: push, query_range for selectors with =, !=, =~, !~ and line filters
/// |=, !=, |~, !~, their counts (sum by (...) (count_over_time(...))) at one time and over time, labels and label values. Start is inclusive, end exclusive, times are Unix nanoseconds, errors are plain text.
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
            "/loki/api/v1/query_range" when Counted(context) is { } count => CountAsync(context, count),
            "/loki/api/v1/query" when Counted(context) is { } count => CountAsync(context, count),
            "/loki/api/v1/query_range" => QueryRangeAsync(context),
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

    private static Dictionary<string, string> Parameters(HttpContext context) => context.Request.HasFormContentType
        ? context.Request.Form.ToDictionary(f => f.Key, f => f.Value.ToString())
        : context.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());

    private static Match? Counted(HttpContext context) =>
        Parameters(context).TryGetValue("query", out var query) && CountForm().Match(query) is { Success: true } match ? match : null;

    /// <summary>Lines in (t - range, t] at the time or at every step, by the labels.</summary>
    private Task CountAsync(HttpContext context, Match count)
    {
        var parameters = Parameters(context);
        var keeps = Parse(count.Groups["inner"].Value)!;
        var labels = count.Groups["by"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var range = SpanForm().Matches(count.Groups["range"].Value).Sum(m => long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) * m.Groups[2].Value switch { "s" => 1L, "m" => 60, "h" => 3600, _ => 86_400 }) * 1_000_000_000;
        var isCurve = parameters.ContainsKey("step");
        var start = long.Parse(parameters[isCurve ? "start" : "time"], CultureInfo.InvariantCulture);
        var end = isCurve ? long.Parse(parameters["end"], CultureInfo.InvariantCulture) : start;
        var step = isCurve ? (long)(double.Parse(parameters["step"], CultureInfo.InvariantCulture) * 1e9) : 1;
        var points = new SortedDictionary<string, (Dictionary<string, string> Labels, List<object[]> Values)>(StringComparer.Ordinal);
        lock (gate)
        {
            for (var at = start; at <= end; at += step)
            {
                foreach (var group in lines.Where(l => l.Time > at - range && l.Time <= at && keeps(l.Labels, l.Line)).GroupBy(l => string.Join('|', labels.Select(b => l.Labels.GetValueOrDefault(b, "")))))
                {
                    if (!points.TryGetValue(group.Key, out var series))
                    {
                        points[group.Key] = series = (labels.Where(b => group.First().Labels.ContainsKey(b)).ToDictionary(b => b, b => group.First().Labels[b]), []);
                    }

                    series.Values.Add([at / 1e9, group.Count().ToString(CultureInfo.InvariantCulture)]);
                }
            }
        }

        object result = isCurve
            ? points.Values.Select(p => new { metric = p.Labels, values = p.Values })
            : points.Values.Select(p => new { metric = p.Labels, value = p.Values[0] });
        return context.Response.WriteAsJsonAsync(new { status = "success", data = new { resultType = isCurve ? "matrix" : "vector", result } });
    }

    private async Task QueryRangeAsync(HttpContext context)
    {
        var parameters = Parameters(context);
        if (Parse(parameters["query"]) is not { } keeps)
        {
            await FakeServer.Text("parse error at line 1, col 1: syntax error: unexpected IDENTIFIER\n", "text/plain", 400)(context);
            return;
        }

        var (start, end) = (Number("start"), Number("end"));
        var limit = parameters.TryGetValue("limit", out var given) ? int.Parse(given, CultureInfo.InvariantCulture) : 100;
        List<(long Time, IReadOnlyDictionary<string, string> Labels, string Line)> found;
        lock (gate)
        {
            found = [.. lines.Where(l => l.Time >= start && l.Time < end && keeps(l.Labels, l.Line)).OrderByDescending(l => l.Time).Take(limit)];
        }

        await context.Response.WriteAsJsonAsync(new
        {
            status = "success",
            data = new
            {
                resultType = "streams",
                result = found.GroupBy(l => JsonSerializer.Serialize(l.Labels)).Select(g => new
                {
                    stream = g.First().Labels,
                    values = g.Select(l => new[] { l.Time.ToString(CultureInfo.InvariantCulture), l.Line }),
                }),
                stats = new { summary = new { execTime = 0.001 } },
            },
        });

        long Number(string name) => long.Parse(parameters[name], CultureInfo.InvariantCulture);
    }

    private Task ListAsync(HttpContext context, Func<IReadOnlyDictionary<string, string>, IEnumerable<string>> of)
    {
        lock (gate)
        {
            var values = lines.SelectMany(l => of(l.Labels)).Distinct().Order(StringComparer.Ordinal).ToList();
            return context.Response.WriteAsJsonAsync(values.Count == 0 ? (object)new { status = "success" } : new { status = "success", data = values });
        }
    }

    private static Func<IReadOnlyDictionary<string, string>, string, bool>? Parse(string query)
    {
        var match = QueryForm().Match(query);
        if (!match.Success)
        {
            return null;
        }

        var matchers = MatcherForm().Matches(match.Groups["selector"].Value).Select(m => Condition(m.Groups["op"].Value, Unquote(m.Groups["value"].Value), anchored: true) is var holds
            ? new Func<IReadOnlyDictionary<string, string>, bool>(l => holds(l.GetValueOrDefault(m.Groups["name"].Value, "")))
            : throw new InvalidOperationException()).ToList();
        var filters = FilterForm().Matches(match.Groups["filters"].Value).Select(m => Filter(m.Groups["op"].Value, Unquote(m.Groups["value"].Value))).ToList();
        return (labels, line) => matchers.TrueForAll(m => m(labels)) && filters.TrueForAll(f => f(line));
    }

    private static Func<string, bool> Condition(string op, string value, bool anchored)
    {
        var pattern = new Regex(anchored ? $"^(?:{value})$" : value, RegexOptions.NonBacktracking);
        return op switch
        {
            "=" => v => v == value,
            "!=" => v => v != value,
            "=~" => pattern.IsMatch,
            _ => v => !pattern.IsMatch(v),
        };
    }

    private static Func<string, bool> Filter(string op, string value) => op switch
    {
        "|=" => line => line.Contains(value, StringComparison.Ordinal),
        "!=" => line => !line.Contains(value, StringComparison.Ordinal),
        "|~" => new Regex(value, RegexOptions.NonBacktracking).IsMatch,
        _ => Condition("!~", value, anchored: false),
    };

    private static string Unquote(string text) => text[0] == '`' ? text[1..^1] : JsonSerializer.Deserialize<string>(text)!;

    [GeneratedRegex("""^\s*\{(?<selector>(?:[^"`}]|"(?:[^"\\]|\\.)*"|`[^`]*`)+)\}(?<filters>(?:\s*(?:\|=|!=|\|~|!~)\s*(?:"(?:[^"\\]|\\.)*"|`[^`]*`))*)\s*$""")]
    private static partial Regex QueryForm();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)\s*(?<op>=~|!~|!=|=)\s*(?<value>"(?:[^"\\]|\\.)*"|`[^`]*`)""")]
    private static partial Regex MatcherForm();

    [GeneratedRegex("""(?<op>\|=|!=|\|~|!~)\s*(?<value>"(?:[^"\\]|\\.)*"|`[^`]*`)""")]
    private static partial Regex FilterForm();

    [GeneratedRegex("""^\s*sum(?:\s*by\s*\((?<by>[^)]*)\))?\s*\(\s*count_over_time\((?<inner>.+)\[(?<range>[0-9smhd]+)\]\)\s*\)\s*$""", RegexOptions.Singleline)]
    private static partial Regex CountForm();

    [GeneratedRegex("([0-9]+)([smhd])")]
    private static partial Regex SpanForm();

    [GeneratedRegex("^/loki/api/v1/label/([^/]+)/values$")]
    private static partial Regex ValuesPath();
}
