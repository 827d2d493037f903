using System.Globalization;
using System.Text.Json;
using Nightwatch.Domain.Alerts;

namespace Nightwatch.Domain.Queries.Asking;

/// <summary>
/// Puts the data of a result in words. Every number is one of the data: values as the source gave them, the smallest, the largest and the last of a series, how
/// many series or lines there are.
/// </summary>
internal static class ResultSummary
{
    private const int MostSeries = 5;
    private const int LongestLine = 240;

    /// <summary>Labels by which people know a thing, the most telling first.</summary>
    private static readonly string[] Telling =
        ["service", "application", "app", "deployment", "pod", "container", "name", "instance", "node", "host", "mountpoint", "device", "handler", "route", "path", "method", "code", "status", "level", "namespace", "environment", "job"];

    public static string Of(JsonElement data, string unit, TimeZoneInfo zone)
    {
        if (data.ValueKind == JsonValueKind.Object)
        {
            if (data.TryGetProperty("samples", out var samples))
            {
                return Samples(samples, Total(data), unit);
            }

            if (data.TryGetProperty("series", out var series))
            {
                return Series(series, Total(data), unit, zone);
            }

            if (data.TryGetProperty("lines", out var lines))
            {
                return Lines(lines, Total(data), zone);
            }
        }

        return "a result of an unknown form";
    }

    /// <summary>"14:30 on 18 November 2026" as the asker's clocks show it.</summary>
    public static string Time(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Samples(JsonElement samples, int total, string unit)
    {
        var values = samples.EnumerateArray().Select(s => (Labels: LabelsOf(s), Value: Number(s.GetProperty("value")))).ToList();
        if (values.Count == 0)
        {
            return "no data";
        }

        var shared = Shared([.. values.Select(v => v.Labels)]);
        if (values.Count == 1)
        {
            return $"{QuantityText.Of(values[0].Value, unit)}{Behind(NameOf(values[0].Labels, []))}";
        }

        // Those without a number are no largest.
        var shown = values.OrderByDescending(v => v.Value ?? double.NegativeInfinity).Take(MostSeries).Select(v => $"{NameOf(v.Labels, shared)} {QuantityText.Of(v.Value, unit)}");
        var list = string.Join(", ", shown);
        return total <= MostSeries ? list : $"{list}; these are the largest {MostSeries} of {total}";
    }

    private static string Series(JsonElement series, int total, string unit, TimeZoneInfo zone)
    {
        var all = series.EnumerateArray().Select(s => (Labels: LabelsOf(s), Points: PointsOf(s))).Where(s => s.Points.Count > 0).ToList();
        if (all.Count == 0)
        {
            return "no data";
        }

        var shared = Shared([.. all.Select(s => s.Labels)]);
        var ordered = all.OrderByDescending(s => s.Points.Max(p => p.Value ?? double.NegativeInfinity)).Take(all.Count == 1 ? 1 : 3);
        var list = string.Join("; ", ordered.Select(s => $"{(all.Count == 1 ? "" : $"{NameOf(s.Labels, shared)}: ")}{Curve(s.Points, unit, zone)}"));
        return total <= 3 ? list : $"{list}; these are the 3 with the highest values of {total} series";
    }

    private static string Curve(List<(DateTimeOffset At, double? Value)> points, string unit, TimeZoneInfo zone)
    {
        var numbers = points.Where(p => p.Value is not null).ToList();
        if (numbers.Count == 0)
        {
            return QuantityText.Of(null, unit);
        }

        var (least, most, last) = (numbers.MinBy(p => p.Value), numbers.MaxBy(p => p.Value), numbers[^1]);
        return least.Value.Equals(most.Value)
            ? $"{QuantityText.Of(last.Value, unit)} all the time"
            : $"last {QuantityText.Of(last.Value, unit)}, lowest {QuantityText.Of(least.Value, unit)} at {Time(least.At, zone)}, highest {QuantityText.Of(most.Value, unit)} at {Time(most.At, zone)}";
    }

    private static string Lines(JsonElement lines, int total, TimeZoneInfo zone)
    {
        var first = lines.EnumerateArray().FirstOrDefault();
        if (first.ValueKind != JsonValueKind.Object)
        {
            return "no lines";
        }

        var text = (first.GetProperty("line").GetString() ?? "").ReplaceLineEndings(" ").Trim();
        var shown = CleanText.Cut(text, LongestLine + 1);
        return $"{total.ToString("#,0", CultureInfo.InvariantCulture)} {(total == 1 ? "line" : "lines")}, the newest of {Time(first.GetProperty("at").GetDateTimeOffset(), zone)}: “{shown}”";
    }

    private static int Total(JsonElement data) => data.TryGetProperty("total", out var total) && total.TryGetInt32(out var number) ? number : 0;

    private static double? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static Dictionary<string, string> LabelsOf(JsonElement item) =>
        item.GetProperty("labels").EnumerateObject().Where(l => l.Name != "__name__").ToDictionary(l => l.Name, l => l.Value.GetString() ?? "", StringComparer.Ordinal);

    private static List<(DateTimeOffset At, double? Value)> PointsOf(JsonElement series) =>
        [.. series.GetProperty("points").EnumerateArray().Select(p => (DateTimeOffset.FromUnixTimeMilliseconds((long)(p[0].GetDouble() * 1000)), Number(p[1])))];

    /// <summary>Labels that say the same of all.</summary>
    private static HashSet<string> Shared(List<Dictionary<string, string>> all) =>
        all.Count < 2 ? [] : [.. all[0].Where(l => all.TrueForAll(o => o.TryGetValue(l.Key, out var value) && value == l.Value)).Select(l => l.Key)];

    private static string NameOf(Dictionary<string, string> labels, HashSet<string> shared)
    {
        var telling = labels.Where(l => !shared.Contains(l.Key) && l.Value.Length > 0).OrderBy(l => Array.IndexOf(Telling, l.Key) is var at && at < 0 ? Telling.Length : at).ThenBy(l => l.Key, StringComparer.Ordinal).Take(3).ToList();
        return telling.Count switch
        {
            0 => shared.Count > 0 || labels.Count > 0 ? "without a name" : "",
            1 => Short(telling[0].Value),
            _ => string.Join(' ', telling.Select(l => $"{l.Key}={Short(l.Value)}")),
        };
    }

    private static string Behind(string name) => name.Length == 0 ? "" : $" ({name})";

    private static string Short(string value) => CleanText.Cut(value, 81);
}
