using System.Globalization;
using System.Text.RegularExpressions;

namespace Nightwatch.Shop.Logs;

/// <summary>
/// The part of LogQL that counts lines: <c>sum by (level) (count_over_time({service="orders"} |= "text" [1h]))</c>, with rate instead of count_over_time, and without the
/// sum. A line belongs to the time t when it is in (t - range, t], as in Prometheus.
/// Written from grafana.com/docs/loki/latest/query/metric_queries.
/// </summary>
internal sealed partial class LogCounts
{
    private const int MaxPoints = 11_000;

    private readonly LogSelection selection;
    private readonly string[]? by;
    private readonly long range;
    private readonly double scale;

    private LogCounts(LogSelection selection, string[]? by, long range, double scale) => (this.selection, this.by, this.range, this.scale) = (selection, by, range, scale);

    /// <summary>Null when the query asks for lines.</summary>
    /// <exception cref="FormatException">It asks for numbers that are not counts, or is wrong inside.</exception>
    public static LogCounts? Parse(string query)
    {
        if (query.TrimStart().StartsWith('{'))
        {
            return null;
        }

        if (Form.Match(query) is not { Success: true } match)
        {
            throw new FormatException("parse error at line 1, col 1: this endpoint knows line selections, count_over_time and rate of them, and sum and sum by of those");
        }

        var range = Span.Matches(match.Groups["range"].Value).Sum(m => long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) * Nanoseconds(m.Groups[2].Value));
        var by = match.Groups["sum"].Success ? match.Groups["by"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : null;
        return new LogCounts(LogSelection.Parse(match.Groups["lines"].Value.Trim()), by, Math.Max(1, range), match.Groups["fn"].Value == "rate" ? 1e9 / range : 1);
    }

    /// <summary>One entry for each group of labels, with its values by time (seconds); times without a line are left out.</summary>
    public IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, SortedDictionary<double, double> Values)> Evaluate(LogFiles files, long start, long end, long step)
    {
        if ((end - start) / step >= MaxPoints)
        {
            throw new FormatException("exceeded maximum resolution of 11,000 points per timeseries. Try increasing the value of the step parameter");
        }

        var groups = new SortedDictionary<string, (IReadOnlyDictionary<string, string> Labels, SortedDictionary<double, double> Values)>(StringComparer.Ordinal);
        foreach (var line in files.Read(start - range + 1, end + 1))
        {
            var labels = LogFiles.Labels(line);
            if (!selection.MatchesStream(labels) || !selection.MatchesLine(line.Text))
            {
                continue;
            }

            var kept = by is null ? labels : labels.Where(l => by.Contains(l.Key)).ToDictionary();
            var key = string.Join('\n', kept.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));
            var values = groups.TryGetValue(key, out var known) ? known.Values : (groups[key] = (kept, [])).Values;
            var first = line.Nanoseconds <= start ? 0 : (line.Nanoseconds - start + step - 1) / step;
            for (var at = start + (first * step); at <= end && at < line.Nanoseconds + range; at += step)
            {
                values[at / 1e9] = values.GetValueOrDefault(at / 1e9) + scale;
            }
        }

        return [.. groups.Values.Where(g => g.Values.Count > 0)];
    }

    private static long Nanoseconds(string unit) => 1_000_000 * unit switch { "ms" => 1, "s" => 1000, "m" => 60_000, "h" => 3_600_000, "d" => 86_400_000, _ => 604_800_000L };

    [GeneratedRegex("""^\s*(?<sum>sum\s*(by\s*\((?<by>[\w,\s]*)\))?\s*\(\s*)?(?<fn>count_over_time|rate)\s*\(\s*(?<lines>\{.*?)\s*\[(?<range>(\d+(ms|s|m|h|d|w))+)\]\s*\)\s*(?(sum)\))\s*$""")]
    private static partial Regex Form { get; }

    [GeneratedRegex("(\\d+)(ms|s|m|h|d|w)")]
    private static partial Regex Span { get; }
}
