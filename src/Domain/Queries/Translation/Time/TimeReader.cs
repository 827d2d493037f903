using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.Translation.Language;

namespace Nightwatch.Domain.Queries.Translation.Time;

/// <summary>What the reader of times knows beside the words.</summary>
internal sealed record TimeSettings(DateTimeOffset Now, TimeZoneInfo Zone, TimeWindow? Incident, DateTimeOffset? AlertFiredAt);

/// <summary>The times of a question. <see cref="Horizon"/> is how far ahead a forecast is to look.</summary>
internal sealed record TimesRead(IReadOnlyList<TimeReference> References, TimeSpan? Horizon);

/// <summary>Finds the times that a question names and takes their words.</summary>
internal sealed partial class TimeReader
{
    private readonly IReadOnlyList<QuestionToken> tokens;
    private readonly bool[] taken;
    private readonly TimeSettings settings;
    private readonly Calendar calendar;
    private readonly List<TimeReference> references = [];

    private TimeReader(IReadOnlyList<QuestionToken> tokens, bool[] taken, TimeSettings settings)
    {
        (this.tokens, this.taken, this.settings) = (tokens, taken, settings);
        calendar = new Calendar(settings.Now, TimeZones.Read(tokens, taken, settings.Zone));
    }

    private readonly record struct Found(TimeMeaning Meaning, TimeWindow Window, int Length, bool Calendar = false, bool Incident = false);

    public static TimesRead Read(IReadOnlyList<QuestionToken> tokens, bool[] taken, TimeSettings settings) => new TimeReader(tokens, taken, settings).ReadAll();

    private TimesRead ReadAll()
    {
        TimeSpan? horizon = null;
        for (var at = 0; at < tokens.Count; at++)
        {
            if (taken[at] || tokens[at].Kind == TokenKind.Quoted)
            {
                continue;
            }

            if (Math.Max(BeforeAndAfter(at), UnitOverUnit(at)) is > 0 and var both)
            {
                Take(at, both);
                at += both - 1;
            }
            else if (Ahead(at, out var used) is { } ahead)
            {
                horizon ??= ahead;
                Take(at, used);
            }
            else if (Any(at) is { } found)
            {
                var first = at > 0 && tokens[at - 1].Is("the") ? at - 1 : at;
                var baseline = IsBaseline(first);
                Take(at, found.Length);
                references.Add(new TimeReference(found.Meaning, found.Window, Text(at, found.Length)) { IsCalendar = found.Calendar, IsBaseline = baseline, IsIncident = found.Incident });
                at += found.Length - 1;
            }
        }

        return new TimesRead(references, horizon);
    }

    private Found? Any(int at) => Incident(at) ?? Range(at) ?? Rolling(at) ?? Named(at) ?? Moment(at);

    /// <summary>"in the next 24 hours", "within 4 days" and "in 3 days" look ahead when something will be.</summary>
    private TimeSpan? Ahead(int at, out int length)
    {
        length = 0;
        var next = at + (Word(at) is "in" or "within" or "over" or "for" ? 1 : 0);
        next += Word(next) == "the" ? 1 : 0;
        var said = Word(next) is "next" or "coming" or "following";
        var will = Word(at) is "in" or "within" && tokens.Take(at).Any(t => t.IsAny("will", "predict", "forecast", "expected", "going"));
        if (!said && !will)
        {
            return null;
        }

        next += said ? 1 : 0;
        if (Word(next) is "last" or "past")
        {
            return null;
        }

        var ahead = TimeUnits.Read(tokens, next, out var used);
        if (used == 0 && said && TimeUnits.UnitOf(Word(next)) is { } unit)
        {
            (ahead, used) = (unit, 1);
        }

        length = used == 0 ? 0 : next + used - at;
        return used == 0 ? null : ahead;
    }

    /// <summary>"last 24 hours", "past week", "7d", "for 30 minutes".</summary>
    private Found? Rolling(int at)
    {
        if (Word(at) is "last" or "past" or "previous" or "preceding" or "trailing" or "latest" or "recent")
        {
            var length = TimeUnits.Read(tokens, at + 1, out var used);
            if (used > 0)
            {
                return new Found(TimeMeaning.Window, calendar.Back(length), used + 1);
            }

            // "the last week" and "past month" look back so far; "last week" is the one before this.
            var unit = Word(at + 1) is "hr" or "wk" or "min" ? Word(at + 1) + "s" : Word(at + 1);
            var calendrical = Word(at) is "last" or "previous" && Word(at - 1) != "the" && calendar.Last(unit) is not null;
            if (!calendrical && TimeUnits.UnitOf(unit) is { } back && unit.Length > 2)
            {
                return new Found(TimeMeaning.Window, calendar.Back(back), 2);
            }
        }

        if (Word(at - 1) is "per" or "every" or "each" or "above" or "than" or "exceed" or "exceeds" || Word(at) is "a" or "an" && Word(at - 1) is not ("for" or "over" or "past"))
        {
            return null;
        }

        var plain = TimeUnits.Read(tokens, at, out var words);
        var after = Word(at + words);
        var ago = words > 0 && after is "ago" or "earlier" or "before";
        if (ago)
        {
            return new Found(TimeMeaning.Moment, new TimeWindow(calendar.Now - plain, calendar.Now - plain), words + 1);
        }

        var led = Word(at - 1) is "over" or "for" or "in" or "during" or "of" or "within" or "last" or "past" or "since";
        return words > 0 && (led || tokens[at].Kind == TokenKind.Measure) && plain >= TimeSpan.FromSeconds(10) ? new Found(TimeMeaning.Window, calendar.Back(plain), words) : null;
    }

    private bool IsBaseline(int at) =>
        Word(at - 1) is "vs" or "vs." or "versus" or "than" or "against" or "to" or "with" && (Word(at - 1) is not ("to" or "with") || Word(at - 2) is "compared" or "compare" or "relative" or "comparison" or "comparing" || tokens.Take(at).Any(t => t.IsAny("compare", "compared", "comparing")))
        || (Word(at - 1) is "and" && tokens.Take(at).Any(t => t.IsAny("compare", "comparing", "difference", "between")) && tokens.Take(at).Where((_, i) => taken[i]).Any());

    private string Word(int at) => at >= 0 && at < tokens.Count && tokens[at].Kind != TokenKind.Quoted ? tokens[at].Lower : "";

    private void Take(int at, int length) => taken.AsSpan(at, Math.Min(length, tokens.Count - at)).Fill(true);

    private string Text(int at, int length) => string.Join(' ', tokens.Skip(at).Take(length).Select(t => t.Text));
}
