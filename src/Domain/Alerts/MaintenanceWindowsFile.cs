using Nightwatch.Domain.Configuration;

namespace Nightwatch.Domain.Alerts;

/// <summary>
/// Reads maintenance windows from YAML, strictly: an unknown key, a bad matcher or a bad time is a problem with its line. See docs/maintenance-windows.md.
/// </summary>
public static class MaintenanceWindowsFile
{
    private const int MaxWindows = 500;
    private const int MaxMatchers = 32;

    public static Configured<IReadOnlyList<MaintenanceWindow>> Parse(string yaml)
    {
        var problems = new List<ConfigurationProblem>();
        var windows = new List<MaintenanceWindow>();
        var (root, problem) = StrictYaml.Parse(yaml);
        if (problem is not null)
        {
            problems.Add(problem);
        }
        else if (root is not null && YamlFields.Open(root, "the file", problems, "windows") is { } file)
        {
            ReadWindows(file, windows, problems);
        }

        return problems.Count == 0 ? new(windows, []) : new(null, problems);
    }

    private static void ReadWindows(YamlFields file, List<MaintenanceWindow> windows, List<ConfigurationProblem> problems)
    {
        if (file.Value("windows") is not YamlList list)
        {
            file.Problem("windows", "windows must be a list");
            return;
        }

        if (list.Items.Count > MaxWindows)
        {
            file.Problem("windows", $"more than {MaxWindows} windows");
            return;
        }

        foreach (var item in list.Items)
        {
            if (YamlFields.Open(
                item, "a window", problems, "name", "matchers", "start", "end", "weekly") is { } fields && ReadWindow(fields, problems) is { } window)
            {
                windows.Add(window);
            }
        }
    }

    private static MaintenanceWindow? ReadWindow(YamlFields fields, List<ConfigurationProblem> problems)
    {
        var name = fields.Text("name", 120);
        if (name is null)
        {
            fields.Problem("name", "a window needs a name");
        }

        var matchers = fields.Matchers("matchers");
        if (fields.Texts("matchers").Count is 0 or > MaxMatchers)
        {
            fields.Problem("matchers", $"a window needs 1 to {MaxMatchers} matchers such as 'service=\"payment\"'; alertname=~\".+\" is every alert");
        }

        if (fields.Value("weekly") is { } weekly)
        {
            if (fields.Value("start") is not null || fields.Value("end") is not null)
            {
                fields.Problem("weekly", "a window has either start and end, or weekly");
            }

            return ReadWeekly(weekly, problems) is { } schedule && name is not null
                ? new MaintenanceWindow { Name = name, Matchers = matchers, Weekly = schedule }
                : null;
        }

        var (start, end) = (fields.Time("start"), fields.Time("end"));
        if (start >= end)
        {
            fields.Problem("end", "end must be after start");
        }

        return name is null || start is null || end is null ? null : new MaintenanceWindow { Name = name, Matchers = matchers, Start = start, End = end };
    }

    private static WeeklySchedule? ReadWeekly(YamlValue value, List<ConfigurationProblem> problems)
    {
        if (YamlFields.Open(value, "weekly", problems, "days", "at", "duration", "timeZone") is not { } fields)
        {
            return null;
        }

        var days = fields.Days("days");
        if (fields.Texts("days").Count == 0)
        {
            fields.Problem("days", "weekly needs days, such as [sat, sun]");
        }

        var (at, duration, zone) = (fields.Clock("at"), fields.Duration("duration"), fields.Zone("timeZone"));
        if (duration > TimeSpan.FromDays(7))
        {
            fields.Problem("duration", "duration is at most 7d");
        }

        return at is null || duration is null ? null : new WeeklySchedule(days, at.Value, duration.Value, zone);
    }
}
