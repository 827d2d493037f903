using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Queries.Translation.Time;

/// <summary>Times that have a name (yesterday, this month), moments, stretches between two of them, and the times of incidents.</summary>
internal sealed partial class TimeReader
{
    private static readonly TimeSpan Lead = TimeSpan.FromHours(1);

    private Found? Named(int at)
    {
        var word = Word(at);
        if (word is "now" or "currently" or "presently" || (word is "right" or "just" && Word(at + 1) == "now") || (word == "at" && Word(at + 2) is "moment" or "present" && Word(at + 1) is "the" or "this"))
        {
            return new Found(TimeMeaning.Now, calendar.Back(TimeSpan.Zero), word is "at" ? 3 : word is "right" or "just" ? 2 : 1);
        }

        if (word is "this" or "current" && calendar.This(Word(at + 1)) is { } current)
        {
            return new Found(TimeMeaning.Window, current, 2, Calendar: true);
        }

        if (word is "last" or "previous" && (calendar.Last(Word(at + 1)) ?? Day(calendar.Weekday(Word(at + 1), todayToo: false))) is { } last)
        {
            return new Found(TimeMeaning.Window, last, 2, Calendar: true);
        }

        // Behind "compared to": the neighbour of what is asked about is found when that is known.
        if (word is "day" or "week" or "month" or "hour" && Word(at + 1) == "before" && IsBaseline(Word(at - 1) == "the" ? at - 1 : at) && Word(at + 2) != "yesterday" && TimeUnits.UnitOf(word) is { } neighbour)
        {
            return new Found(TimeMeaning.Window, Neighbour(neighbour), 2);
        }

        return DayAt(at, out var length) is { } day ? DayPart(day, at, length) : null;
    }

    /// <summary>"yesterday morning", "Monday at 3 pm", and the day alone.</summary>
    private Found DayPart(DateTime day, int at, int length)
    {
        var part = Word(at + length) switch { "morning" => (0, 12), "afternoon" => (12, 18), "evening" => (18, 24), "night" => (18, 30), _ => (0, 0) };
        if (part.Item2 > 0)
        {
            return new Found(TimeMeaning.Window, calendar.Between(day.AddHours(part.Item1), day.AddHours(part.Item2)), length + 1, Calendar: true);
        }

        // "Yesterday between 8 am and 10 am".
        if (Word(at + length) is "between" or "from" && Range(at + length) is { Calendar: false } stretch && stretch.Window.Length <= TimeSpan.FromDays(1))
        {
            var shift = calendar.At(day) - calendar.At(TimeZoneInfo.ConvertTime(stretch.Window.Start, calendar.Zone).Date);
            return stretch with { Window = stretch.Window.Shift(shift), Length = length + stretch.Length };
        }

        var skip = Word(at + length) is "at" or "around" ? 1 : 0;
        if (ClockTimes.Clock(tokens, at + length + skip, bare: skip > 0, out var used) is { } clock)
        {
            var moment = calendar.At(day + clock);
            return new Found(TimeMeaning.Moment, new TimeWindow(moment, moment), length + skip + used);
        }

        return new Found(TimeMeaning.Window, calendar.Day(day), length, Calendar: true);
    }

    private DateTime? DayAt(int at, out int length)
    {
        length = 1;
        if (Word(at) == "day" && Word(at + 1) == "before" && Word(at + 2) == "yesterday")
        {
            length = 3;
            return calendar.Today.AddDays(-2);
        }

        return Word(at) switch
        {
            "today" or "tonight" => calendar.Today,
            "yesterday" or "yesterday's" or "yesteday" or "yesterady" or "yestarday" => calendar.Today.AddDays(-1),
            var word => (word == "may" ? null : calendar.Weekday(word, todayToo: false)) ?? (at < tokens.Count ? ClockTimes.Date(tokens, at, calendar, out length) : null),
        };
    }

    /// <summary>"at 3 pm", "2026-11-20T15:00Z", "at 15:30 yesterday".</summary>
    private Found? Moment(int at)
    {
        if (at < tokens.Count && ClockTimes.Instant(tokens[at], calendar) is { } instant)
        {
            return new Found(TimeMeaning.Moment, new TimeWindow(instant, instant), 1);
        }

        var lead = Word(at) is "at" or "around" or "about" ? 1 : 0;
        return ClockTimes.Clock(tokens, at + lead, bare: false, out var used) is { } clock ? OnDay(clock, at, lead + used) : null;
    }

    private Found OnDay(TimeSpan clock, int at, int length)
    {
        var skip = Word(at + length) == "on" ? 1 : 0;
        var day = DayAt(at + length + skip, out var used);
        var local = (day ?? calendar.Today) + clock;
        var moment = calendar.At(day is null && local > calendar.LocalNow ? local.AddDays(-1) : local);
        return new Found(TimeMeaning.Moment, new TimeWindow(moment, moment), length + (day is null ? 0 : skip + used));
    }

    /// <summary>"since X", "between X and Y", "from X to Y".</summary>
    private Found? Range(int at)
    {
        if (Word(at) is "since" or "starting" or "after")
        {
            var skip = Word(at) == "starting" && Word(at + 1) is "from" or "at" ? 2 : 1;
            var clock = ClockTimes.Clock(tokens, at + skip, bare: true, out var used);
            var start = clock is { } of ? OnDay(of, at, skip + used) : Named(at + skip) ?? Incident(at + skip) ?? Moment(at + skip) ?? Rolling(at + skip);
            return start is { Meaning: not TimeMeaning.Unknown } from
                ? new Found(TimeMeaning.Window, new TimeWindow(from.Window.Start, calendar.Now), clock is null ? from.Length + skip : from.Length, Calendar: from.Calendar)
                : null;
        }

        if (Word(at) is not ("between" or "from"))
        {
            return null;
        }

        var bare = Word(at) == "between";
        if (Edge(at + 1, bare) is not { } first || Word(at + 1 + first.Length) is not ("and" or "to" or "until" or "till" or "-" or "through")
            || Edge(at + 2 + first.Length, bare: true) is not { } second)
        {
            return null;
        }

        var length = 2 + first.Length + second.Length;
        var skipOn = Word(at + length) == "on" ? 1 : 0;
        var day = DayAt(at + length + skipOn, out var words);
        return Stretch(first, second, day ?? first.Day ?? second.Day, length + (day is null ? 0 : skipOn + words));
    }

    private readonly record struct RangeEdge(TimeSpan? Clock, DateTime? Day, DateTimeOffset? Instant, int Length);

    private RangeEdge? Edge(int at, bool bare)
    {
        if (at < tokens.Count && ClockTimes.Instant(tokens[at], calendar) is { } instant)
        {
            return new RangeEdge(null, null, instant, 1);
        }

        if (DayAt(at, out var length) is { } day)
        {
            var skip = Word(at + length) is "at" ? 1 : 0;
            var hour = ClockTimes.Clock(tokens, at + length + skip, bare: skip > 0, out var words);
            return new RangeEdge(hour, day, null, length + (hour is null ? 0 : skip + words));
        }

        return ClockTimes.Clock(tokens, at, bare, out var used) is { } clock ? new RangeEdge(clock, null, null, used) : null;
    }

    private Found? Stretch(RangeEdge first, RangeEdge second, DateTime? day, int length)
    {
        if (first.Clock is null && second.Clock is null && first.Instant is null && second.Instant is null && first.Day is { } from && second.Day is { } until)
        {
            return new Found(TimeMeaning.Window, calendar.Between(from, until.AddDays(1)), length, Calendar: true);
        }

        var on = day ?? calendar.Today;
        // "between 10 and 12 pm": the first hour is in the same half of the day unless that turns the two round.
        var start = first.Instant ?? calendar.At((first.Day ?? on) + (first.Clock ?? TimeSpan.Zero));
        var end = second.Instant ?? calendar.At((second.Day ?? on) + (second.Clock ?? TimeSpan.Zero));
        if (first.Clock is { } a && second.Clock is { } b && b >= TimeSpan.FromHours(13) && a < TimeSpan.FromHours(12) && b - a > TimeSpan.FromHours(12) && first.Length == 1)
        {
            start += TimeSpan.FromHours(12);
        }

        if (day is null && first.Instant is null && start > calendar.Now)
        {
            (start, end) = (start.AddDays(-1), end.AddDays(-1));
        }

        end = end < start ? end.AddDays(1) : end;
        return new Found(TimeMeaning.Window, new TimeWindow(start, end > calendar.Now && start < calendar.Now ? calendar.Now : end), length);
    }

    /// <summary>"when the alert fired", "during the last incident", "before the outage".</summary>
    private Found? Incident(int at)
    {
        if (Word(at) is not ("when" or "during" or "while" or "before" or "after" or "in" or "at" or "by" or "last" or "of" or "the" or "since" or "around" or "throughout"))
        {
            return null;
        }

        for (var next = at + 1; next < Math.Min(at + 6, tokens.Count); next++)
        {
            if (Word(next) is "incident" or "incidents" or "outage" or "alert" or "alarm" or "crash" or "downtime" or "incidnet" or "inciden" or "outtage")
            {
                return At(Word(at), next, next + 1 - at);
            }

            if (Word(next) is not ("the" or "last" or "latest" or "most" or "recent" or "previous" or "time" or "of" or "this" or "that" or "an" or "during" or "current"))
            {
                return null;
            }
        }

        return null;
    }

    private Found? At(string lead, int noun, int length)
    {
        var moment = Word(noun) is "alert" or "alarm" && (lead is "when" or "at" || Word(noun + 1) is "fired" or "triggered" or "fires");
        length += Word(noun + 1) is "fired" or "triggered" or "started" or "happened" or "began" or "fires" ? 1 : Word(noun + 1) == "went" ? 2 : 0;
        if (lead is "the" or "of" or "by" && Word(noun) is "alert" or "alarm")
        {
            return null;
        }

        if (lead is "of" or "by" or "the" && !moment && Word(noun - 1) is not ("last" or "latest" or "recent" or "the"))
        {
            return null;
        }

        var window = settings.Incident ?? (settings.AlertFiredAt is { } fired ? new TimeWindow(fired, fired) : null);
        var at = moment ? settings.AlertFiredAt ?? window?.Start : null;
        if ((at ?? window?.Start) is null)
        {
            return new Found(TimeMeaning.Unknown, calendar.Back(Lead), length, Incident: true);
        }

        return at is { } point && lead is not ("before" or "after" or "since") ? new Found(TimeMeaning.Moment, new TimeWindow(point, point), length, Incident: true) : new Found(
            TimeMeaning.Window,
            lead switch
            {
                "before" => new TimeWindow(window!.Start - Lead, window.Start),
                "after" or "since" => new TimeWindow(window!.End, window.End + Lead > calendar.Now ? calendar.Now : window.End + Lead),
                _ => window!,
            },
            length,
            Incident: true);
    }

    /// <summary>"week over week": the last one against the one before.</summary>
    private int UnitOverUnit(int at)
    {
        if (Word(at) is not ("week" or "day" or "month" or "hour") || Word(at + 1) is not ("over" or "on" or "by") || Word(at + 2) != Word(at) || TimeUnits.UnitOf(Word(at)) is not { } unit)
        {
            return 0;
        }

        references.Add(new TimeReference(TimeMeaning.Window, calendar.Back(unit), Text(at, 3)) { IsNeighbour = true });
        references.Add(new TimeReference(TimeMeaning.Window, calendar.Back(unit).Shift(-unit), Text(at, 3)) { IsBaseline = true });
        return 3;
    }

    /// <summary>"before and after the incident": the hour after it, against the hour before it.</summary>
    private int BeforeAndAfter(int at)
    {
        if (Word(at) is not ("before" or "after") || Word(at + 1) is not ("and" or "vs" or "versus" or "to") || Word(at + 2) is not ("after" or "before") || Incident(at + 2) is not { Meaning: TimeMeaning.Window } found || settings.Incident is not { } window)
        {
            return 0;
        }

        var after = window.End + Lead > calendar.Now ? calendar.Now : window.End + Lead;
        references.Add(new TimeReference(TimeMeaning.Window, new TimeWindow(window.End, after), Text(at, found.Length + 2)) { IsIncident = true });
        references.Add(new TimeReference(TimeMeaning.Window, new TimeWindow(window.Start - Lead, window.Start), Text(at, found.Length + 2)) { IsBaseline = true });
        return found.Length + 2;
    }

    // "the day before" what was named earlier; before now where nothing was.
    private TimeWindow Neighbour(TimeSpan unit) => (references.Count > 0 ? references[0].Window : calendar.Back(unit)).Shift(-unit);

    private TimeWindow? Day(DateTime? day) => day is { } of ? calendar.Day(of) : null;
}
