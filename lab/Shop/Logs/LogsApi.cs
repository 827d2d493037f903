using System.Globalization;
using Nightwatch.Shop.Roles;

namespace Nightwatch.Shop.Logs;

/// <summary>
/// The reading half of Loki's HTTP API over the shop's log files: query_range for log lines, query and query_range for counts of them, labels, label values, ready.
/// Written from grafana.com/docs/loki/latest/reference/loki-http-api.
/// </summary>
internal static class LogsApi
{
    private const int MaxLines = 5000;
    private const long Hour = 3_600_000_000_000;

    private static readonly string[] LabelNames = ["job", "level", "namespace", "service"];

    public static WebApplication Build(ShopOptions options)
    {
        var files = new LogFiles(options.Required("folder"));
        var app = ServiceHost.Create(options);
        app.MapGet("/ready", () => "ready");
        app.MapGet("/healthz", () => "ok");
        app.MapGet("/loki/api/v1/query_range", (string query, string? start, string? end, string? step, int? limit, string? direction) => Answer(() => Query(files, query, Window(start, end), step, limit ?? 100, direction != "forward")));
        app.MapGet("/loki/api/v1/query", (string query, string? time) => Answer(() => AtOneTime(files, query, Window(null, time).End)));
        app.MapGet("/loki/api/v1/labels", () => Answer(() => LabelNames));
        app.MapGet("/loki/api/v1/label/{name}/values", (string name, string? start, string? end) => Answer(() => Values(files, name, Window(start, end))));
        return app;
    }

    private static IResult Answer<T>(Func<T> data)
    {
        try
        {
            return Results.Json(new { status = "success", data = data() });
        }
        catch (FormatException e)
        {
            // Loki's errors are plain text.
            return Results.Text(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static object AtOneTime(LogFiles files, string query, long at)
    {
        var counts = LogCounts.Parse(query) ?? throw new FormatException("log queries are not supported as an instant query type, please change your query to a range query type");
        return new
        {
            resultType = "vector",
            result = counts.Evaluate(files, at, at, Hour).Select(g => new { metric = g.Labels, value = Point(g.Values.First()) }).ToArray(),
            stats = new { },
        };
    }

    private static object[] Point(KeyValuePair<double, double> point) => [point.Key, point.Value.ToString(CultureInfo.InvariantCulture)];

    private static object Counts(LogFiles files, LogCounts counts, (long Start, long End) window, string? step)
    {
        // Loki's own choice when none is given: about 250 points.
        var every = step is null ? Math.Max(1, (window.End - window.Start) / 250_000_000_000) * 1_000_000_000 : Step(step);
        return new
        {
            resultType = "matrix",
            result = counts.Evaluate(files, window.Start, window.End, every).Select(g => new { metric = g.Labels, values = g.Values.Select(Point).ToArray() }).ToArray(),
            stats = new { },
        };
    }

    private static long Step(string text) =>
        decimal.TryParse(text.TrimEnd('s'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 9_000_000_000 ? (long)(seconds * 1_000_000_000)
        : throw new FormatException($"cannot parse '{text}' to a valid duration");

    private static object Query(LogFiles files, string query, (long Start, long End) window, string? step, int limit, bool backward)
    {
        if (LogCounts.Parse(query) is { } counts)
        {
            return Counts(files, counts, window, step);
        }

        if (limit is < 1 or > MaxLines)
        {
            throw new FormatException($"max entries limit per query exceeded, limit > max_entries_limit ({limit} > {MaxLines})");
        }

        var selection = LogSelection.Parse(query);
        // The best lines so far and no more, whatever the files hold.
        var best = new PriorityQueue<LogLine, long>();
        foreach (var line in files.Read(window.Start, window.End).Where(l => selection.MatchesStream(LogFiles.Labels(l)) && selection.MatchesLine(l.Text)))
        {
            var rank = backward ? line.Nanoseconds : -line.Nanoseconds;
            if (best.Count < limit)
            {
                best.Enqueue(line, rank);
            }
            else
            {
                best.EnqueueDequeue(line, rank);
            }
        }

        var ordered = best.UnorderedItems.Select(i => i.Element);
        ordered = backward ? ordered.OrderByDescending(l => l.Nanoseconds) : ordered.OrderBy(l => l.Nanoseconds);
        return new
        {
            resultType = "streams",
            result = ordered.GroupBy(l => (l.Service, l.Level)).Select(g => new
            {
                stream = LogFiles.Labels(g.First()),
                values = g.Select(l => new[] { l.Nanoseconds.ToString(CultureInfo.InvariantCulture), l.Text }).ToArray(),
            }).ToArray(),
            stats = new { },
        };
    }

    private static string[] Values(LogFiles files, string label, (long Start, long End) window) =>
        [.. files.Read(window.Start, window.End).Select(l => LogFiles.Labels(l).GetValueOrDefault(label)).OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    private static (long Start, long End) Window(string? start, string? end)
    {
        var to = end is null ? DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000 : Nanoseconds(end);
        return (start is null ? to - Hour : Nanoseconds(start), to);
    }

    /// <summary>Loki takes nanoseconds, seconds with a fraction, and RFC 3339. Up to ten digits are seconds.</summary>
    private static long Nanoseconds(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? text.Length <= 10 ? whole * 1_000_000_000 : whole
        : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < 9_000_000_000 ? (long)(seconds * 1_000_000_000)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * 100
        : throw new FormatException($"could not parse '{text}' as a time");
}
