using Nightwatch.Domain.Alerts;

namespace Nightwatch.Domain.Tests.Alerts;

public sealed class MaintenanceWindowsFileTests
{
    [Fact]
    public void Parse_OnceAndWeekly_AreOnWhenTheySay()
    {
        var parsed = MaintenanceWindowsFile.Parse("""
            windows:
              - name: upgrade
                matchers: ['service=~"db|orders"']
                start: 2026-02-07T22:00:00Z
                end: "2026-02-08T03:00:00+01:00"
              - name: backup
                matchers: [job="x"]
                weekly: { days: [sat, Sun], at: "23:30", duration: 2h30m, timeZone: Europe/Berlin }
            """);
        Assert.Empty(parsed.Problems);
        var (once, weekly) = (parsed.Value![0], parsed.Value[1]);
        Assert.Null(once.ActiveUntil(At("2026-02-07T21:59:59Z")));
        Assert.Equal(At("2026-02-08T02:00:00Z"), once.ActiveUntil(At("2026-02-07T22:00:00Z")));
        Assert.Null(once.ActiveUntil(At("2026-02-08T02:00:00Z")));
        // Saturday 23:30 in Berlin is 22:30 UTC in winter; it ends on Sunday 02:00 local.
        Assert.Null(weekly.ActiveUntil(At("2026-02-07T22:29:00Z")));
        Assert.Equal(At("2026-02-08T01:00:00Z"), weekly.ActiveUntil(At("2026-02-08T00:59:00Z")));
        // Monday 00:30 local still belongs to Sunday's.
        Assert.NotNull(weekly.ActiveUntil(At("2026-02-08T23:30:00Z")));
        Assert.Null(weekly.ActiveUntil(At("2026-02-10T23:30:00Z")));
    }

    [Fact]
    public void ActiveUntil_StartSkippedBySummerTime_BeginsAfterTheGap()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var schedule = new WeeklySchedule([DayOfWeek.Sunday], new TimeOnly(2, 30), TimeSpan.FromHours(1), zone);
        // 29 March 2026, 02:00 CET becomes 03:00 CEST, which is 01:00 UTC.
        Assert.Null(schedule.ActiveUntil(At("2026-03-29T00:59:59Z")));
        Assert.Equal(At("2026-03-29T02:00:00Z"), schedule.ActiveUntil(At("2026-03-29T01:00:00Z")));
        // 25 October 2026: 02:30 happens twice; the first is 00:30 UTC.
        Assert.Equal(At("2026-10-25T01:30:00Z"), schedule.ActiveUntil(At("2026-10-25T00:30:00Z")));
    }

    [Theory]
    [InlineData("windows: 5", 1, "list")]
    [InlineData("other: []", 1, "unknown key 'other'")]
    [InlineData("windows:\n  - nome: x", 2, "unknown key 'nome'")]
    [InlineData("windows:\n  - name: x\n    matchers: ['service']\n    start: 2026-01-01T00:00:00Z\n    end: 2026-01-02T00:00:00Z", 3, "not a matcher")]
    [InlineData("windows:\n  - name: x\n    matchers: [a=b]\n    start: 2026-01-02T00:00:00Z\n    end: 2026-01-01T00:00:00Z", 5, "after start")]
    [InlineData("windows:\n  - name: x\n    matchers: [a=b]\n    start: 2026-01-02 00:00\n    end: 2026-01-03T00:00:00Z", 4, "with its zone")]
    [InlineData("windows:\n  - name: x\n    start: 2026-01-01T00:00:00Z\n    end: 2026-01-02T00:00:00Z", 2, "1 to 32 matchers")]
    [InlineData("windows:\n  - name: x\n    matchers: [a=b]\n    weekly: { days: [someday], at: \"25:00\", duration: 1x, timeZone: Mars/Base }", 4, "someday")]
    [InlineData("windows:\n  - name: x\n    matchers: [a=b]\n    weekly: { days: [mon], at: \"10:00\", duration: 8d }", 4, "at most 7d")]
    [InlineData("windows: }", 1, "not YAML")]
    [InlineData("windows: &a []\nother: *a", 1, "anchors")]
    [InlineData("windows: !!binary abc", 1, "tags")]
    [InlineData("windows: []\nwindows: []", 2, "twice")]
    [InlineData("windows: []\n---\nwindows: []", 2, "second document")]
    [InlineData("windows: [[[[[[[[[[1]]]]]]]]]]", 1, "nested deeper")]
    public void Parse_Wrong_SaysLineAndFix(string yaml, int line, string message)
    {
        var parsed = MaintenanceWindowsFile.Parse(yaml);
        Assert.Null(parsed.Value);
        Assert.Contains(parsed.Problems, p => p.Line == line && p.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_EmptyOrHuge_IsNoneOrRefused()
    {
        Assert.Empty(MaintenanceWindowsFile.Parse("").Value!);
        Assert.Empty(MaintenanceWindowsFile.Parse("# nothing\n").Value!);
        Assert.Contains("characters", MaintenanceWindowsFile.Parse(new string('#', 300_000)).Problems[0].ToString(), StringComparison.Ordinal);
        Assert.Contains("values", MaintenanceWindowsFile.Parse("windows: [" + string.Concat(Enumerable.Repeat("a,", 30_000)) + "a]").Problems[0].Message, StringComparison.Ordinal);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
