using System.Globalization;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Queries.Translation;

/// <summary>The series of series.txt: nine days of them as OpenMetrics for promtool, and the catalogue that a source would give of them.</summary>
internal sealed class BackfilledSeries
{
    public static readonly DateTimeOffset Now = new(2026, 11, 18, 14, 30, 0, TimeSpan.Zero);
    public static readonly TimeWindow Incident = new(new DateTimeOffset(2026, 11, 18, 9, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 18, 9, 40, 0, TimeSpan.Zero));
    private static readonly DateTimeOffset Start = Now - TimeSpan.FromDays(9);
    private static readonly double[] Bounds = [0.025, 0.1, 0.25, 0.5, 1, 5];
    private readonly List<Line> lines = [];

    private BackfilledSeries()
    {
        foreach (var text in File.ReadLines(Path.Combine(Repository.Root, "tests/Adapters.Tests/Queries/Translation/series.txt")).Where(l => l.Length > 0 && l[0] != '#'))
        {
            lines.Add(Line.Parse(text));
        }
    }

    public static BackfilledSeries Read() => new();

    public MetricCatalogue Catalogue()
    {
        var metadata = lines.GroupBy(l => l.Name).Select(g => new MetricMetadata(g.Key, g.First().Type is "const" or "falling" or "dips" or "step" ? "gauge" : g.First().Type, g.Select(l => l.Help).First(), ""));
        return MetricCatalogue.Build(metadata.Where(m => m.Help.Length > 0), lines.Select(l => l.Labels));
    }

    public void WriteTo(string path)
    {
        using var writer = new StreamWriter(path);
        foreach (var line in lines)
        {
            foreach (var (name, extra, value) in Curves(line))
            {
                var head = $"{name}{{{string.Join(',', line.Labels.Where(l => l.Key != "__name__").Select(l => $"{l.Key}=\"{l.Value}\""))}{extra}}} ";
                foreach (var at in Times())
                {
                    writer.Write(head);
                    writer.Write(value((at - Start).TotalSeconds).ToString("R", CultureInfo.InvariantCulture));
                    writer.Write(' ');
                    writer.Write(at.ToUnixTimeSeconds());
                    writer.Write('\n');
                }
            }
        }

        writer.Write("# EOF\n");
    }

    // Two minutes apart where windows of minutes are asked for, else four.
    private static IEnumerable<DateTimeOffset> Times()
    {
        for (var at = Start; at <= Now; at += at < Now - TimeSpan.FromHours(40) ? TimeSpan.FromMinutes(4) : TimeSpan.FromMinutes(2))
        {
            yield return at;
        }
    }

    private static IEnumerable<(string Name, string Extra, Func<double, double> Value)> Curves(Line line)
    {
        if (line.Type != "histogram")
        {
            return [(line.Name, "", At(line))];
        }

        var slow = line.Swells ? 0.2 * line.Base : 0;
        double Of(double t, double bound) => (Grown(line.Base, t) * Share(bound, line.Mean)) + (slow * During(t) * Share(bound, 5 * line.Mean));
        var buckets = Bounds.Select(b => (line.Name + "_bucket", $",le=\"{b.ToString(CultureInfo.InvariantCulture)}\"", (Func<double, double>)(t => Of(t, b))));
        return buckets.Append((line.Name + "_bucket", ",le=\"+Inf\"", t => Of(t, double.PositiveInfinity))).Append((line.Name + "_count", "", t => Of(t, double.PositiveInfinity)))
            .Append((line.Name + "_sum", "", t => (Grown(line.Base, t) * line.Mean) + (slow * During(t) * 5 * line.Mean)));
    }

    private static double Share(double bound, double mean) => 1 - Math.Exp(-bound / mean);

    private static Func<double, double> At(Line line) => line.Type switch
    {
        "counter" => t => Grown(line.Base, t) + (line.Swells ? 4 * line.Base * During(t) : 0),
        "gauge" => t => line.Base * (1 + (0.15 * Math.Sin((2 * Math.PI * t / 86400) + line.Phase))),
        "falling" => t => line.Base * (1 - (0.05 * t / 86400)),
        "dips" => t => During(t) is > 0 and < 2400 ? 0 : 1,
        "step" => t => t < (Incident.Start - Start).TotalSeconds - 1800 ? line.Base - 500_000 : line.Base,
        _ => _ => line.Base,
    };

    /// <summary>A rate that swings by a third within a day, summed up.</summary>
    private static double Grown(double rate, double t) => rate * (t + (0.3 * 86400 / (2 * Math.PI) * (1 - Math.Cos(2 * Math.PI * t / 86400))));

    /// <summary>Seconds of the incident that have passed.</summary>
    private static double During(double t) => Math.Clamp(t - (Incident.Start - Start).TotalSeconds, 0, Incident.Length.TotalSeconds);

    private sealed record Line(string Type, double Base, double Mean, bool Swells, string Name, Dictionary<string, string> Labels, string Help)
    {
        public double Phase => Labels.Values.Sum(v => v.Length) % 6;

        public static Line Parse(string text)
        {
            var type = text[..text.IndexOf(' ', StringComparison.Ordinal)];
            var open = text.IndexOf('{', StringComparison.Ordinal);
            var close = text.IndexOf("\"}", StringComparison.Ordinal) + 1;
            var words = text[..open].Split(' ');
            var labels = text[(open + 1)..close].Split("\",").Select(l => l.Split("=\"")).ToDictionary(l => l[0], l => l[1].TrimEnd('"'));
            labels["__name__"] = words[^1];
            var numbers = words[1..^1].Select(n => double.Parse(n.TrimEnd('!'), CultureInfo.InvariantCulture)).ToArray();
            return new Line(type, numbers[0], numbers[^1], words[1..^1].Any(n => n.EndsWith('!')), words[^1], labels, text[(close + 1)..].Trim());
        }
    }
}
