using System.Text.Json;

namespace Nightwatch.Shop.Logs;

/// <summary>One line of a log file: when (nanoseconds since the epoch), of which stream, and its text.</summary>
internal sealed record LogLine(long Nanoseconds, string Service, string Level, string Text);

/// <summary>The shop's log files, read from their ends: at most <see cref="MaxTail"/> bytes of each, the turned-over file included.</summary>
internal sealed class LogFiles(string folder)
{
    private const int MaxTail = 8 << 20;

    public static IReadOnlyDictionary<string, string> Labels(LogLine line) => new Dictionary<string, string>
    {
        ["job"] = "shop",
        ["namespace"] = "shop",
        ["service"] = line.Service,
        ["level"] = line.Level,
    };

    /// <summary>Lines whose time is in [start, end), oldest first within a file. Lines that are not ours are left out.</summary>
    public IEnumerable<LogLine> Read(long start, long end)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "shop-*.log*"))
        {
            if (new DateTimeOffset(File.GetLastWriteTimeUtc(path)).ToUnixTimeMilliseconds() * 1_000_000 < start - 1_000_000_000)
            {
                continue;
            }

            foreach (var text in Tail(path))
            {
                if (Parse(text) is { } line && line.Nanoseconds >= start && line.Nanoseconds < end)
                {
                    yield return line;
                }
            }
        }
    }

    private static IEnumerable<string> Tail(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            // It turned over between the listing and the opening.
            yield break;
        }

        using var reader = new StreamReader(file);
        if (file.Length > MaxTail)
        {
            file.Seek(-MaxTail, SeekOrigin.End);
            // What is left of a line that began before.
            reader.ReadLine();
        }

        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private static LogLine? Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var at = json.RootElement.GetProperty("ts").GetDateTimeOffset();
            var nanoseconds = (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * 100;
            return new LogLine(nanoseconds, json.RootElement.GetProperty("service").GetString() ?? "", json.RootElement.GetProperty("level").GetString() ?? "", text);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // A half-written last line, or one of another program.
            return null;
        }
    }
}
