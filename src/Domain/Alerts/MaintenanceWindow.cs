namespace Nightwatch.Domain.Alerts;

/// <summary>A planned time in which matching alerts are stored and shown but not investigated: once, or every week.</summary>
public sealed record MaintenanceWindow
{
    public required string Name { get; init; }

    /// <summary>All must match.</summary>
    public required IReadOnlyList<LabelMatcher> Matchers { get; init; }

    /// <summary>For a window that happens once; exclusive end.</summary>
    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    public WeeklySchedule? Weekly { get; init; }

    /// <summary>The end of the window in UTC when it is on at <paramref name="now"/>, else null.</summary>
    public DateTimeOffset? ActiveUntil(DateTimeOffset now) =>
        Weekly is not null ? Weekly.ActiveUntil(now) : Start <= now && now < End ? End.Value.ToUniversalTime() : null;
}

/// <summary>Some days of the week, from a local time on, for a while.</summary>
/// <param name="Days">The days on which it starts.</param>
/// <param name="At">Local time of day of the start.</param>
/// <param name="Duration">Elapsed time, above zero and at most a week.</param>
/// <param name="Zone">A start that the change to summer time skips happens at the first moment after the gap; an ambiguous one at the first of both.</param>
public sealed record WeeklySchedule(IReadOnlyCollection<DayOfWeek> Days, TimeOnly At, TimeSpan Duration, TimeZoneInfo Zone)
{
    public DateTimeOffset? ActiveUntil(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Zone).DateTime);
        DateTimeOffset? latest = null;
        // A window of up to a week may have begun up to eight local days ago.
        for (var back = 0; back <= 8; back++)
        {
            var day = today.AddDays(-back);
            if (!Days.Contains(day.DayOfWeek))
            {
                continue;
            }

            var start = StartOn(day);
            var end = start + Duration;
            if (start <= now && now < end && (latest is null || end > latest))
            {
                latest = end;
            }
        }

        return latest;
    }

    private DateTimeOffset StartOn(DateOnly day)
    {
        var local = day.ToDateTime(At);
        while (Zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        var offset = Zone.IsAmbiguousTime(local) ? Zone.GetAmbiguousTimeOffsets(local).Max() : Zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
