using System.Globalization;
using Nightwatch.Domain.Queries.Translation.Language;

namespace Nightwatch.Domain.Queries.Translation.Time;

/// <summary>A time zone named in the question: UTC, CET, +02:00, Europe/Berlin, "Berlin time".</summary>
internal static class TimeZones
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["utc"] = "UTC",
        ["gmt"] = "UTC",
        ["cet"] = "Europe/Berlin",
        ["cest"] = "Europe/Berlin",
        ["bst"] = "Europe/London",
        ["est"] = "America/New_York",
        ["edt"] = "America/New_York",
        ["cst"] = "America/Chicago",
        ["cdt"] = "America/Chicago",
        ["mst"] = "America/Denver",
        ["pst"] = "America/Los_Angeles",
        ["pdt"] = "America/Los_Angeles",
        ["ist"] = "Asia/Kolkata",
        ["jst"] = "Asia/Tokyo",
        ["aest"] = "Australia/Sydney",
        ["msk"] = "Europe/Moscow",
        ["eet"] = "Europe/Helsinki",
    };

    /// <summary>The zone that the question names, whose tokens are marked as taken; else the asker's own.</summary>
    public static TimeZoneInfo Read(IReadOnlyList<QuestionToken> tokens, bool[] taken, TimeZoneInfo own)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            var lower = tokens[i].Lower;
            var city = i + 1 < tokens.Count && tokens[i + 1].Is("time") && char.IsUpper(tokens[i].Text[0]) ? lower : null;
            var zone = Known.TryGetValue(lower, out var id) ? Find(id)
                : lower.Contains('/', StringComparison.Ordinal) && char.IsUpper(tokens[i].Text[0]) ? Find(tokens[i].Text)
                : city is not null ? ByCity(city) : Offset(lower);
            if (zone is not null)
            {
                taken[i] = true;
                if (city is not null)
                {
                    taken[i + 1] = true;
                }

                return zone;
            }
        }

        return own;
    }

    private static TimeZoneInfo? Find(string id) => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;

    private static TimeZoneInfo? ByCity(string city)
    {
        string[] regions = ["Europe", "America", "Asia", "Australia", "Africa"];
        var name = CultureInfo.InvariantCulture.TextInfo.ToTitleCase(city);
        return regions.Select(region => Find($"{region}/{name}")).FirstOrDefault(zone => zone is not null);
    }

    private static TimeZoneInfo? Offset(string lower)
    {
        var text = lower.StartsWith("utc", StringComparison.Ordinal) || lower.StartsWith("gmt", StringComparison.Ordinal) ? lower[3..] : lower;
        if (text.Length is < 2 or > 6 || text[0] is not ('+' or '-'))
        {
            return null;
        }

        string[] forms = [@"hh\:mm", "%h", "hh"];
        return TimeSpan.TryParseExact(text[1..], forms, CultureInfo.InvariantCulture, out var offset) && offset <= TimeSpan.FromHours(14)
            ? TimeZoneInfo.CreateCustomTimeZone(lower, text[0] == '-' ? -offset : offset, lower, lower)
            : null;
    }
}
