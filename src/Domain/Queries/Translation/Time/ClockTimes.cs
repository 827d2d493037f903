using System.Globalization;
using Nightwatch.Domain.Queries.Translation.Language;

namespace Nightwatch.Domain.Queries.Translation.Time;

/// <summary>Reads times of day and dates: "3 pm", "15:30", "noon", "2026-11-20T15:30Z", "20 November".</summary>
internal static class ClockTimes
{
    /// <param name="bare">Whether a plain number is an hour, as in "between 10 and 12".</param>
    public static TimeSpan? Clock(IReadOnlyList<QuestionToken> tokens, int at, bool bare, out int length)
    {
        length = 1;
        var lower = at < tokens.Count ? tokens[at].Lower : "";
        if (lower is "noon" or "midday" or "midnight")
        {
            return TimeSpan.FromHours(lower == "midnight" ? 0 : 12);
        }

        var half = lower.EndsWith("am", StringComparison.Ordinal) ? 0 : lower.EndsWith("pm", StringComparison.Ordinal) ? 12 : -1;
        var digits = half < 0 ? lower : lower[..^2];
        if (half < 0 && at + 1 < tokens.Count && tokens[at + 1].IsAny("am", "pm", "a.m", "p.m", "a.m.", "p.m."))
        {
            half = tokens[at + 1].Lower[0] == 'a' ? 0 : 12;
            length = 2;
        }
        else if (half < 0 && at + 1 < tokens.Count && tokens[at + 1].IsAny("o'clock", "oclock", "h"))
        {
            bare = true;
            length = 2;
        }

        var parts = digits.Split(':');
        if (parts.Length > 3 || (parts.Length == 1 && half < 0 && !bare) || !parts.All(p => p.Length is 1 or 2 && int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            return null;
        }

        var numbers = parts.Select(p => int.Parse(p, CultureInfo.InvariantCulture)).ToArray();
        var hour = half < 0 ? numbers[0] : (numbers[0] % 12) + half;
        return hour > 24 || numbers.Skip(1).Any(n => n > 59) || (half >= 0 && numbers[0] > 12) ? null
            : new TimeSpan(hour, numbers.ElementAtOrDefault(1), numbers.ElementAtOrDefault(2));
    }

    /// <summary>An ISO 8601 date with a time. Without an offset it is the asker's time.</summary>
    public static DateTimeOffset? Instant(QuestionToken token, Calendar calendar)
    {
        string[] forms = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.fff"];
        var text = token.Text.ToUpperInvariant();
        if (DateTime.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return calendar.At(local);
        }

        return text.Length is > 15 and < 40 && text[4] == '-' && text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant.ToUniversalTime() : null;
    }

    /// <summary>A date: 2026-11-20, 20 November, Nov 20th 2026.</summary>
    public static DateTime? Date(IReadOnlyList<QuestionToken> tokens, int at, Calendar calendar, out int length)
    {
        length = 1;
        if (at >= tokens.Count)
        {
            return null;
        }

        if (DateTime.TryParseExact(tokens[at].Lower, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var iso))
        {
            return iso;
        }

        var next = at + 1 < tokens.Count ? tokens[at + 1] : null;
        var (month, day) = (Calendar.MonthOf(tokens[at].Lower), next is null ? null : DayNumber(next.Lower));
        if (month == 0 && next is not null)
        {
            var skip = next.Is("of") && at + 2 < tokens.Count ? 1 : 0;
            (month, day) = (Calendar.MonthOf(tokens[at + 1 + skip].Lower), DayNumber(tokens[at].Lower));
            length += skip;
        }

        if (month == 0 || day is null)
        {
            return null;
        }

        length++;
        int? year = at + length < tokens.Count && tokens[at + length].Text.Length == 4 && int.TryParse(tokens[at + length].Text, NumberStyles.None, CultureInfo.InvariantCulture, out var of) ? of : null;
        length += year is null ? 0 : 1;
        return calendar.Date(month, day.Value, year);
    }

    private static int? DayNumber(string lower)
    {
        var digits = lower.TrimEnd('s', 't', 'h', 'n', 'd', 'r', 'e');
        return digits.Length is 1 or 2 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var day) ? day : null;
    }
}
