using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Queries.Translation.Time;

/// <summary>Days, weeks and months as the asker's clock has them. Weeks begin on Monday (ISO 8601). No window ends after now.</summary>
internal sealed class Calendar(DateTimeOffset now, TimeZoneInfo zone)
{
    public static readonly string[] Months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
    private static readonly string[] Days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    public TimeZoneInfo Zone { get; } = zone;

    public DateTimeOffset Now { get; } = now;

    public DateTime Today { get; } = TimeZoneInfo.ConvertTime(now, zone).Date;

    public DateTime LocalNow { get; } = TimeZoneInfo.ConvertTime(now, zone).DateTime;

    public DateTimeOffset At(DateTime local)
    {
        // A time that the clocks jump over is read an hour later.
        var real = Zone.IsInvalidTime(local) ? local.AddHours(1) : local;
        return new DateTimeOffset(real, Zone.GetUtcOffset(real)).ToUniversalTime();
    }

    public TimeWindow Between(DateTime start, DateTime end)
    {
        var (from, to) = (At(start), At(end));
        to = to > Now ? Now : to;
        return from > to ? new TimeWindow(to, to) : new TimeWindow(from, to);
    }

    public TimeWindow Day(DateTime day) => Between(day, day.AddDays(1));

    public TimeWindow Back(TimeSpan length) => new(Now - length, Now);

    public DateTime Monday => Today.AddDays(-(((int)Today.DayOfWeek + 6) % 7));

    public DateTime FirstOfMonth => new(Today.Year, Today.Month, 1, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>This week, month, ... so far.</summary>
    public TimeWindow? This(string unit) => unit switch
    {
        "hour" => Between(LocalNow.Date.AddHours(LocalNow.Hour), LocalNow),
        "day" => Between(Today, LocalNow),
        "week" => Between(Monday, LocalNow),
        "month" => Between(FirstOfMonth, LocalNow),
        "quarter" => Between(new DateTime(Today.Year, ((Today.Month - 1) / 3 * 3) + 1, 1, 0, 0, 0, DateTimeKind.Unspecified), LocalNow),
        "year" => Between(new DateTime(Today.Year, 1, 1, 0, 0, 0, DateTimeKind.Unspecified), LocalNow),
        "morning" => Between(Today, Today.AddHours(12)),
        "afternoon" => Between(Today.AddHours(12), Today.AddHours(18)),
        "evening" => Between(Today.AddHours(18), Today.AddHours(24)),
        "weekend" => Between(Monday.AddDays(5), Monday.AddDays(7)),
        _ => null,
    };

    /// <summary>The whole unit before this one.</summary>
    public TimeWindow? Last(string unit) => unit switch
    {
        "week" => Between(Monday.AddDays(-7), Monday),
        "month" => Between(FirstOfMonth.AddMonths(-1), FirstOfMonth),
        "night" => Between(Today.AddHours(-6), Today.AddHours(6)),
        "weekend" => Between(Monday.AddDays(-2), Monday),
        "evening" => Between(Today.AddHours(-6), Today),
        "year" => Between(new DateTime(Today.Year - 1, 1, 1, 0, 0, 0, DateTimeKind.Unspecified), new DateTime(Today.Year, 1, 1, 0, 0, 0, DateTimeKind.Unspecified)),
        _ => null,
    };

    /// <summary>The last day of that name, today excluded unless <paramref name="todayToo"/>.</summary>
    public DateTime? Weekday(string lower, bool todayToo)
    {
        var index = Array.FindIndex(Days, d => d == lower || d + "s" == lower || (lower.Length is 3 or 4 && d.StartsWith(lower, StringComparison.Ordinal) && lower is not ("sat" or "sun")));
        if (index < 0)
        {
            return null;
        }

        var back = ((int)Today.DayOfWeek - index + 7) % 7;
        return Today.AddDays(-(back == 0 && !todayToo ? 7 : back));
    }

    public static int MonthOf(string lower) => 1 + Array.FindIndex(Months, m => m == lower || (lower.Length is 3 or 4 && m.StartsWith(lower, StringComparison.Ordinal)));

    /// <summary>The last such day of a month that is not in the future.</summary>
    public DateTime? Date(int month, int day, int? year)
    {
        var of = year ?? Today.Year;
        if (month is < 1 or > 12 || of is < 2000 or > 2200 || day < 1 || day > DateTime.DaysInMonth(of, month))
        {
            return null;
        }

        var date = new DateTime(of, month, day, 0, 0, 0, DateTimeKind.Unspecified);
        return year is null && date > Today ? Date(month, day, of - 1) : date;
    }
}
