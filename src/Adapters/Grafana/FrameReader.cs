using Nightwatch.Domain.Datasources;

namespace Nightwatch.Adapters.Grafana;

/// <summary>Makes series and log lines of frames: wide ones (labels at the columns) and long ones (labels as columns) alike. Pure.</summary>
internal static class FrameReader
{
    private static readonly string[] LineNames = ["line", "Line", "message", "Message", "body", "_source", "Value"];

    /// <summary>One series for each column of numbers, and of a long frame one for each combination of its texts.</summary>
    public static IEnumerable<MetricSeries> Series(Frame frame)
    {
        if (frame.Columns.FirstOrDefault(c => c.Type == "time") is not { } time)
        {
            yield break;
        }

        var texts = frame.Columns.Where(c => c.Type is "string" or "boolean").ToList();
        foreach (var column in frame.Columns.Where(c => c.Type == "number"))
        {
            var points = new Dictionary<string, (Dictionary<string, string> Labels, List<MetricPoint> Points)>(StringComparer.Ordinal);
            for (var row = 0; row < frame.Rows; row++)
            {
                if (time.Time(row) is { } at && column.Number(row) is { } value)
                {
                    var key = string.Join('\u0001', texts.Select(t => t.Text(row)));
                    if (!points.TryGetValue(key, out var series))
                    {
                        points[key] = series = (LabelsOf(frame, column, texts, row), []);
                    }

                    series.Points.Add(new MetricPoint(at, value));
                }
            }

            foreach (var (labels, found) in points.Values)
            {
                found.Sort(static (a, b) => a.At.CompareTo(b.At));
                yield return new MetricSeries(labels, found);
            }
        }
    }

    /// <summary>One line for each row; the other texts are its labels.</summary>
    public static IEnumerable<LogEntry> Lines(Frame frame)
    {
        var time = frame.Columns.FirstOrDefault(c => c.Type == "time");
        var line = LineNames.Select(n => frame.Columns.FirstOrDefault(c => c.Name == n && c != time)).FirstOrDefault(c => c is not null)
            ?? frame.Columns.FirstOrDefault(c => c.Type == "string");
        if (time is null || line is null)
        {
            yield break;
        }

        var others = frame.Columns.Where(c => c != line && c.Type is "string" or "boolean" && c != line).Take(50).ToList();
        for (var row = 0; row < frame.Rows; row++)
        {
            if (time.Time(row) is { } at && line.Text(row) is { } text)
            {
                var labels = new Dictionary<string, string>(line.Labels, StringComparer.Ordinal);
                foreach (var other in others)
                {
                    if (other.Text(row) is { Length: > 0 } value)
                    {
                        labels[other.Name] = value;
                    }
                }

                yield return new LogEntry(at, labels, text);
            }
        }
    }

    private static Dictionary<string, string> LabelsOf(Frame frame, Column column, List<Column> texts, int row)
    {
        var labels = new Dictionary<string, string>(column.Labels, StringComparer.Ordinal);
        foreach (var text in texts)
        {
            if (text.Text(row) is { Length: > 0 } value)
            {
                labels[text.Name] = value;
            }
        }

        if (labels.Count == 0)
        {
            labels["__name__"] = column.Name is "Value" or "value" && frame.Name.Length > 0 ? frame.Name : column.Name;
        }

        return labels;
    }
}
