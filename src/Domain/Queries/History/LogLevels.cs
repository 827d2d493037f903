using System.Text.Json;
using System.Text.RegularExpressions;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.LogQl;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.History;

/// <summary>
/// How an application's log lines tell their level: by a label (of the stream, or one that Loki puts on lines), by a field of JSON or logfmt, or not at all. It is
/// read off the newest lines.
/// </summary>
internal sealed partial record LogLevels
{
    /// <summary>Lines that are looked at.</summary>
    public const int Sample = 20;

    private static readonly string[] Names = ["level", "detected_level", "severity", "log_level", "loglevel", "lvl"];

    private static readonly (string Level, string[] Spellings)[] Known =
    [
        ("fatal", ["fatal", "critical", "crit", "emerg", "emergency", "panic", "alert"]), ("error", ["error", "err", "eror"]), ("warn", ["warn", "warning"]),
        ("info", ["info", "information", "informational", "notice"]), ("debug", ["debug", "dbug"]), ("trace", ["trace", "verbose"]),
    ];

    private LogLevels(string? label, LogQlStage? parser)
    {
        Label = label;
        Parser = parser;
    }

    /// <summary>Null when nothing tells the level.</summary>
    public string? Label { get; }

    /// <summary>What makes the label of the line's own text; null when the label is there by itself.</summary>
    public LogQlStage? Parser { get; }

    public static LogLevels None { get; } = new(null, null);

    public static LogLevels Of(IReadOnlyList<LogEntry> lines)
    {
        if (Array.Find(Names, n => lines.Any(l => l.Labels.GetValueOrDefault(n, "") is { Length: > 0 } value && value != "unknown")) is { } label)
        {
            return new LogLevels(label, null);
        }

        return MostOf(lines, JsonField) is { } field ? new LogLevels("level", new JsonStage([new LabelExtraction("level", field)]))
            : MostOf(lines, LogfmtField) is { } key ? new LogLevels("level", new LogfmtStage(false, false, [new LabelExtraction("level", key)]))
            : None;
    }

    /// <summary>The level under its usual name: err is error. Nothing is unknown.</summary>
    public static string Normal(string? level)
    {
        var text = (level ?? "").Trim().ToLowerInvariant();
        return text.Length == 0 ? "unknown" : Array.Find(Known, k => k.Spellings.Contains(text)).Level ?? (text.Length > 40 ? text[..40] : text);
    }

    /// <summary>Only lines of the level, however it is spelled; null when the lines do not tell theirs.</summary>
    public LogQuery? Only(LogQuery query, string level)
    {
        if (Label is null)
        {
            return null;
        }

        var spellings = Array.Find(Known, k => k.Level == Normal(level)).Spellings ?? [level];
        var matcher = LogQlFactory.Matches(Label, "(?i)" + string.Join('|', spellings.Select(s => Re2Syntax.Escape(GoString.WellFormed(s)))));
        return (Parser is { } parser ? query.Then(parser) : query).Then(new LabelFilterStage(new LabelTextFilter(matcher)));
    }

    /// <summary>Only lines of the levels error and fatal; null when the lines do not tell theirs. Lines that cannot be parsed are left out.</summary>
    public LogQuery? OnlyErrors(LogQuery query) => Label is null
        ? null
        : With(query).Then(new LabelFilterStage(new LabelTextFilter(LogQlFactory.Matches(Label, "(?i)" + string.Join('|', Known.Take(2).SelectMany(k => k.Spellings))))));

    /// <summary>The query with the level as a label. Lines that cannot be parsed are left out: Loki fails a whole count over one of them.</summary>
    public LogQuery With(LogQuery query) => Parser is null ? query : query.Then(Parser).Where("__error__", "");

    private static string? MostOf(IReadOnlyList<LogEntry> lines, Func<string, string?> field) => lines.Select(l => field(l.Line)).OfType<string>()
        .GroupBy(f => f, StringComparer.Ordinal).OrderByDescending(g => g.Count()).FirstOrDefault(g => g.Count() * 4 >= lines.Count)?.Key;

    private static string? JsonField(string line)
    {
        if (!line.AsSpan().TrimStart().StartsWith("{"))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(line);
            return Array.Find(Names, n => json.RootElement.TryGetProperty(n, out var level) && level.ValueKind == JsonValueKind.String);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? LogfmtField(string line) => LogfmtForm().Match(line) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"(?:^|\s)(level|severity|log_level|loglevel|lvl)=""?[A-Za-z]", RegexOptions.NonBacktracking)]
    private static partial Regex LogfmtForm();
}
