using System.Globalization;
using NCrontab;
using Nightwatch.LocalRuntime.Host.Functions;

namespace Nightwatch.LocalRuntime.Host.Timers;

/// <summary>When a timer is due, in UTC: a six-field NCRONTAB expression or a constant interval.</summary>
internal sealed class TimerSchedule
{
    private readonly CrontabSchedule? crontab;
    private readonly TimeSpan interval;

    private TimerSchedule(CrontabSchedule? crontab, TimeSpan interval)
    {
        this.crontab = crontab;
        this.interval = interval;
    }

    /// <exception cref="FunctionRefusedException">The text is neither.</exception>
    public static TimerSchedule Parse(string function, string text)
    {
        if (CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = true }) is { } crontab)
        {
            return new TimerSchedule(crontab, TimeSpan.Zero);
        }

        // As the official extension: five fields mean whole minutes.
        if (CrontabSchedule.TryParse(text) is { } minutes)
        {
            return new TimerSchedule(minutes, TimeSpan.Zero);
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval) && interval > TimeSpan.Zero
            ? new TimerSchedule(null, interval)
            : throw new FunctionRefusedException(function, $"its schedule '{text}' is neither a six-field NCRONTAB expression nor a TimeSpan above zero.");
    }

    /// <summary>The first due time after <paramref name="time"/>; DateTime.MaxValue when there is none.</summary>
    public DateTime Next(DateTime time) => crontab?.GetNextOccurrence(time, DateTime.MaxValue) ?? time + interval;

    /// <summary>Whether the schedule is one to remember: more often than once a minute there is nothing to catch up.</summary>
    public bool IsMonitorable(DateTime now)
    {
        var first = Next(now);
        return first == DateTime.MaxValue || Next(first) - first >= TimeSpan.FromMinutes(1);
    }
}
