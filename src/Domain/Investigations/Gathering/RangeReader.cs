using System.Text.Json;
using Nightwatch.Domain.Investigations.Planning;
using Nightwatch.Domain.Investigations.Writing;

namespace Nightwatch.Domain.Investigations.Gathering;

/// <summary>Reads query_metrics_range: the shape of each series, those that changed most first.</summary>
internal sealed class RangeReader : IToolReader
{
    private const int MaxSeries = 24;

    /// <summary>Points before the start that make a baseline.</summary>
    private const int LeastQuietPoints = 4;

    /// <summary>Topics where every series counts, whether it changed or not.</summary>
    private const int MaxNamed = 40;

    public string Tool => "query_metrics_range";

    public EvidenceReading Read(EvidenceStep step, InvestigationSubject subject, JsonElement data)
    {
        var startsAt = Reference(step, subject);
        var quietSince = startsAt == subject.StartsAt ? subject.QuietSince : null;
        var shapes = Json.List(data, "series").Select(
            s => (Labels: Json.Labels(s), Shape: SeriesShape.Of(SinceQuiet(Points(s), quietSince, startsAt, step.WindowSeconds), startsAt)))
            .Where(s => s.Shape is not null)
            .Select(s => new Series(s.Labels, s.Shape!))
            .OrderByDescending(s => Change(step, s.Shape)).ThenBy(s => Name(s.Labels), StringComparer.Ordinal)
            .ToList();
        if (shapes.Count == 0)
        {
            return new EvidenceReading { Summary = $"{step.Title}: no value in that time." };
        }

        var kept = shapes.Take(step.Topic == Topics.Scrape ? MaxNamed : MaxSeries).ToList();
        return new EvidenceReading
        {
            Summary = Summarise(step, kept),
            Facts = [.. kept.SelectMany(s => FactsOf(step, s, startsAt))],
            Message = kept.Count < shapes.Count ? $"the {kept.Count} series that changed most, of {shapes.Count}" : null,
        };
    }

    private sealed record Series(IReadOnlyDictionary<string, string> Labels, SeriesShape Shape);

    /// <summary>Baselines are looked at around the same time of their own day.</summary>
    private static DateTimeOffset Reference(EvidenceStep step, InvestigationSubject subject) => step.Topic switch
    {
        Topics.AlertYesterday => subject.StartsAt.AddDays(-1),
        Topics.AlertLastWeek => subject.StartsAt.AddDays(-7),
        Topics.AlertHourBefore => subject.StartsAt.AddHours(-1),
        _ => subject.StartsAt,
    };

    private static List<Point> Points(JsonElement series)
    {
        var points = new List<Point>();
        foreach (var pair in Json.List(series, "points").Where(p => p.ValueKind == JsonValueKind.Array && p.GetArrayLength() == 2))
        {
            if (Json.Number(pair[0]) is { } at and > 0 and < 253_402_300_800 && Json.Number(pair[1]) is { } value)
            {
                points.Add(new Point(at, value));
            }
        }

        return points;
    }

    /// <summary>
    /// Leaves out what an earlier trouble, now over, did to the series: it is no baseline. A rate remembers the trouble for its window's length; that is left
    /// out too where enough remains. Kept whole when little else is left.
    /// </summary>
    private static List<Point> SinceQuiet(List<Point> points, DateTimeOffset? quietSince, DateTimeOffset startsAt, int windowSeconds)
    {
        if (quietSince is not { } since)
        {
            return points;
        }

        var (quiet, start) = (since.ToUnixTimeMilliseconds() / 1000d, startsAt.ToUnixTimeMilliseconds() / 1000d);
        double[] beginnings = [quiet + windowSeconds, quiet];
        return beginnings
            .Select(from => points.Where(p => p.At >= from).ToList())
            .FirstOrDefault(kept => kept.Count(p => p.At < start) >= LeastQuietPoints, points);
    }

    /// <summary>How much a series changed, beyond its usual variation; for the order only.</summary>
    private static double Change(EvidenceStep step, SeriesShape shape)
    {
        var before = shape.Before ?? 0;
        var floor = step.Unit switch { "ratio" => 0.02, "seconds" => 0.005, "bytes" => 16e6, _ => 0.1 };
        return step.Topic == Topics.Up
            ? 1 - shape.Latest
            : Math.Abs((step.Unit == "bytes" ? shape.Latest : shape.During) - before) / (Math.Abs(before) + floor + shape.Spread);
    }

    private static List<Fact> FactsOf(EvidenceStep step, Series series, DateTimeOffset startsAt)
    {
        var (labels, shape) = (series.Labels, series.Shape);
        Fact Make(
            string name,
            double value,
            string? unit = null,
            DateTimeOffset? at = null) => new() { Name = name, Value = value, Unit = unit ?? step.Unit, Labels = labels, At = at };
        if (step.Topic == Topics.Scrape)
        {
            return [Make("latest", shape.Max, "count", shape.Last), Make("first", shape.Before ?? shape.During, "count", shape.First)];
        }

        var facts = new List<Fact> { Make("during", shape.During), Make("max", shape.Max, at: shape.MaxAt), Make("latest", shape.Latest, at: shape.Last) };
        if (shape.Before is { } before)
        {
            facts.Insert(0, Make("before", before));
            facts.Add(Make("spread", shape.Spread));
            facts.Add(Make("delta", shape.During - before));
            if (before > 0)
            {
                facts.Add(Make("ratio", shape.During / before, "times"));
            }
        }

        if (shape.Onset is { } onset)
        {
            facts.Add(Make("onset", Math.Round((onset - startsAt).TotalSeconds), "seconds_from_start", onset));
        }

        if (step.Unit == "bytes" && shape.Trend > 0)
        {
            facts.Add(Make("slope_per_hour", shape.SlopePerHour, "bytes_per_hour"));
            facts.Add(Make("trend", shape.Trend, "r_squared"));
        }

        return facts;
    }

    private static string Summarise(EvidenceStep step, List<Series> series)
    {
        var first = series[0];
        var (shape, name) = (first.Shape, Name(first.Labels));
        var what = name.Length > 0 ? $"{step.Title}: {name}" : $"{step.Title}:";
        if (step.Topic == Topics.Scrape)
        {
            return $"{step.Title}: up to {Numbers.Write(series.Max(s => s.Shape.Max), "count")} samples a minute.";
        }

        if (shape.Before is not { } before)
        {
            return $"{what} stands at {Numbers.Write(shape.During, step.Unit)}; there is nothing before to compare with.";
        }

        var level = step.Unit == "bytes" ? shape.Latest : shape.During;
        var moved = shape.Onset is { } onset ? $" (since {Numbers.Clock(onset)})" : "";
        return Numbers.Write(before, step.Unit) == Numbers.Write(level, step.Unit)
            ? $"{what} stayed at {Numbers.Write(level, step.Unit)}."
            : $"{what} {(level > before ? "rose" : "fell")} from {Numbers.Write(before, step.Unit)} to {Numbers.Write(level, step.Unit)}{moved}.";
    }

    private static string Name(IReadOnlyDictionary<string, string> labels)
    {
        var (component, peer) = (ServiceLabels.ComponentOf(labels) ?? labels.GetValueOrDefault("instance"), ServiceLabels.PeerOf(labels));
        return peer is null || peer == component ? component ?? "" : $"{component} to {peer}";
    }
}
