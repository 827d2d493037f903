using System.Buffers;
using System.Globalization;
using Nightwatch.Domain.Queries.Translation.Language;

namespace Nightwatch.Domain.Queries.Translation.Time;

/// <summary>Numbers and units of time in words: "24 hours", "24h", "half an hour", "a couple of days".</summary>
internal static class TimeUnits
{
    private static readonly string[] NumberWords = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

    private static readonly SearchValues<char> Numeric = SearchValues.Create("0123456789.");

    /// <summary>Longer stretches are cut: nothing is kept for so long.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(5 * 366);

    public static TimeSpan? UnitOf(string lower) => lower switch
    {
        "s" or "sec" or "secs" or "second" or "seconds" => TimeSpan.FromSeconds(1),
        "m" or "min" or "mins" or "minute" or "minutes" => TimeSpan.FromMinutes(1),
        "h" or "hr" or "hrs" or "hour" or "hours" => TimeSpan.FromHours(1),
        "d" or "day" or "days" => TimeSpan.FromDays(1),
        "w" or "wk" or "week" or "weeks" => TimeSpan.FromDays(7),
        "month" or "months" => TimeSpan.FromDays(30),
        "quarter" or "quarters" => TimeSpan.FromDays(91),
        "y" or "year" or "years" => TimeSpan.FromDays(365),
        _ => null,
    };

    /// <summary>Reads "7 days", "seven days", "7d", "half an hour", "an hour", "a few minutes" at a place; the length is 0 when there is none.</summary>
    public static TimeSpan Read(IReadOnlyList<QuestionToken> tokens, int at, out int length)
    {
        length = 0;
        if (at >= tokens.Count)
        {
            return default;
        }

        if (Glued(tokens[at].Lower) is { } glued)
        {
            length = 1;
            return glued;
        }

        var (count, words) = Number(tokens, at);
        var unit = at + words < tokens.Count && words > 0 ? UnitLoose(tokens[at + words].Lower) : null;
        if (unit is null)
        {
            return default;
        }

        length = words + 1;
        return Bounded(count, unit.Value);
    }

    public static double? NumberOf(string lower)
    {
        var word = Array.IndexOf(NumberWords, lower);
        return word >= 0 ? word : double.TryParse(lower, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is >= 0 and < 1e12 ? number : null;
    }

    private static (double Count, int Words) Number(IReadOnlyList<QuestionToken> tokens, int at)
    {
        var rest = string.Join(' ', tokens.Skip(at).Take(3).Select(t => t.Lower));
        (string Words, double Count)[] phrases = [("half an", 0.5), ("half a", 0.5), ("a couple of", 2), ("a couple", 2), ("couple of", 2), ("couple", 2), ("a few", 3), ("few", 3), ("several", 3), ("an", 1), ("a", 1)];
        foreach (var (words, count) in phrases)
        {
            if (rest == words || rest.StartsWith(words + " ", StringComparison.Ordinal))
            {
                return (count, words.Count(c => c == ' ') + 1);
            }
        }

        return NumberOf(tokens[at].Lower) is { } number ? (number, 1) : (0, 0);
    }

    // A slip in a unit is forgiven where a number stands before it: "24 huors".
    private static TimeSpan? UnitLoose(string lower)
    {
        if (UnitOf(lower) is { } unit || lower.Length < 4)
        {
            return UnitOf(lower);
        }

        string[] names = ["seconds", "minutes", "minute", "hours", "hour", "days", "weeks", "week", "months", "month"];
        return names.FirstOrDefault(n => EditDistance.Bounded(lower, n, 1) <= 1) is { } meant ? UnitOf(meant) : null;
    }

    private static TimeSpan? Glued(string lower)
    {
        var digits = DigitsOf(lower);
        return digits > 0 && !IsStatusCodes(lower) && UnitOf(lower[digits..]) is { } unit && NumberOf(lower[..digits]) is { } count ? Bounded(count, unit) : null;
    }

    // "500s" and "404s" are answers of a server.
    private static bool IsStatusCodes(string lower) => lower is ['4' or '5', >= '0' and <= '3', >= '0' and <= '9', 's'];

    /// <summary>The position of the first character that belongs to no number; below 0 when there is none.</summary>
    public static int DigitsOf(string lower) => lower.AsSpan().IndexOfAnyExcept(Numeric);

    private static TimeSpan Bounded(double count, TimeSpan unit) =>
        count * unit.TotalSeconds >= Longest.TotalSeconds ? Longest : TimeSpan.FromSeconds(Math.Max(1, count * unit.TotalSeconds));
}
