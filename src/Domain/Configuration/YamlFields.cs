using System.Globalization;
using Nightwatch.Domain.Alerts;

namespace Nightwatch.Domain.Configuration;

/// <summary>Takes a map of a configuration file apart, collecting problems; a key that nobody asked for is one of them.</summary>
internal sealed class YamlFields
{
    private static readonly Dictionary<string, DayOfWeek> DayNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mon"] = DayOfWeek.Monday,
        ["tue"] = DayOfWeek.Tuesday,
        ["wed"] = DayOfWeek.Wednesday,
        ["thu"] = DayOfWeek.Thursday,
        ["fri"] = DayOfWeek.Friday,
        ["sat"] = DayOfWeek.Saturday,
        ["sun"] = DayOfWeek.Sunday,
    };

    private readonly YamlMap map;
    private readonly List<ConfigurationProblem> problems;

    private YamlFields(YamlMap map, List<ConfigurationProblem> problems)
    {
        this.map = map;
        this.problems = problems;
    }

    public int Line => map.Line;

    /// <summary>Null, with a problem, when the value is no map or has a key that is not among the known ones.</summary>
    public static YamlFields? Open(YamlValue value, string what, List<ConfigurationProblem> problems, params ReadOnlySpan<string> known)
    {
        if (value is not YamlMap map)
        {
            problems.Add(new ConfigurationProblem(value.Line, $"{what} must be a map of {string.Join(", ", known!)}"));
            return null;
        }

        foreach (var (key, line, _) in map.Entries)
        {
            if (!known.Contains(key))
            {
                problems.Add(
                    new ConfigurationProblem(line, $"unknown key '{CleanText.Cut(CleanText.Line(key), 60)}' in {what}; known are {string.Join(", ", known!)}"));
            }
        }

        return new YamlFields(map, problems);
    }

    public YamlValue? Value(string key) => map.Entries.FirstOrDefault(e => e.Key == key).Value;

    public void Problem(string key, string message) => problems.Add(new ConfigurationProblem(Value(key)?.Line ?? map.Line, message));

    /// <summary>Trimmed text, null when absent or empty.</summary>
    public string? Text(string key, int maxLength = 500)
    {
        switch (Value(key))
        {
            case null:
                return null;
            case YamlText { Text: var text } when text.Length <= maxLength:
                return CleanText.Line(text).Trim() is { Length: > 0 } trimmed ? trimmed : null;
            case YamlText:
                Problem(key, $"{key} has more than {maxLength} characters");
                return null;
            default:
                Problem(key, $"{key} must be text");
                return null;
        }
    }

    /// <summary>A list of texts, or one text.</summary>
    public IReadOnlyList<(string Text, int Line)> Texts(string key)
    {
        switch (Value(key))
        {
            case null:
                return [];
            case YamlText text:
                return [(text.Text, text.Line)];
            case YamlList list when list.Items.All(i => i is YamlText):
                return [.. list.Items.Cast<YamlText>().Select(t => (t.Text, t.Line))];
            default:
                Problem(key, $"{key} must be a list of texts");
                return [];
        }
    }

    public bool? Boolean(string key)
    {
        var text = Text(key);
        if (text is null or "true" or "false")
        {
            return text is null ? null : text == "true";
        }

        Problem(key, $"{key} must be true or false, not '{text}'");
        return null;
    }

    public List<LabelMatcher> Matchers(string key)
    {
        var matchers = new List<LabelMatcher>();
        foreach (var (text, line) in Texts(key))
        {
            if (LabelMatcher.TryParse(text, out var matcher, out var problem))
            {
                matchers.Add(matcher);
            }
            else
            {
                problems.Add(new ConfigurationProblem(line, problem));
            }
        }

        return matchers;
    }

    public List<DayOfWeek> Days(string key)
    {
        var days = new List<DayOfWeek>();
        foreach (var (text, line) in Texts(key))
        {
            if (DayNames.TryGetValue(text, out var day))
            {
                days.Add(day);
            }
            else
            {
                problems.Add(
                    new ConfigurationProblem(line, $"'{CleanText.Cut(CleanText.Line(text), 40)}' is not a day; write mon, tue, wed, thu, fri, sat or sun"));
            }
        }

        return days;
    }

    public TimeOnly? Clock(string key)
    {
        var text = Text(key);
        if (text is null)
        {
            Problem(key, $"{key} is missing; write a time of day such as \"22:30\"");
            return null;
        }

        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock))
        {
            return clock;
        }

        Problem(key, $"{key} must be a time of day such as \"22:30\" (in quotes), not '{text}'");
        return null;
    }

    public DateTimeOffset? Time(string key)
    {
        var text = Text(key);
        if (text is not null
            && text.Length > 16 && (text[^1] == 'Z' || text[^6] is '+' or '-')
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        Problem(key, text is null ? $"{key} is missing" : $"{key} must be a time with its zone such as 2026-01-31T22:00:00Z, not '{text}'");
        return null;
    }

    /// <summary>Prometheus' way: 90s, 30m, 2h, 1d, or several together (1h30m).</summary>
    public TimeSpan? Duration(string key)
    {
        var text = Text(key) ?? "";
        var total = TimeSpan.Zero;
        var number = 0L;
        var hasNumber = false;
        foreach (var c in text)
        {
            var unit = c switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, 'w' => 604800, _ => 0 };
            if (char.IsAsciiDigit(c) && number < 1_000_000)
            {
                (number, hasNumber) = ((number * 10) + c - '0', true);
            }
            else if (unit > 0 && hasNumber)
            {
                total += TimeSpan.FromSeconds(number * unit);
                (number, hasNumber) = (0, false);
            }
            else
            {
                total = TimeSpan.Zero;
                break;
            }
        }

        if (total > TimeSpan.Zero && !hasNumber)
        {
            return total;
        }

        Problem(key, $"{key} must be a duration such as 90s, 30m, 2h or 1h30m, not '{text}'");
        return null;
    }

    public TimeZoneInfo Zone(string key)
    {
        var text = Text(key) ?? "UTC";
        if (TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone))
        {
            return zone;
        }

        Problem(key, $"'{text}' is not a time zone that this machine knows; write one such as Europe/Berlin, or UTC");
        return TimeZoneInfo.Utc;
    }
}
