using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>A measure in one window and in another: comparisons in time, and what an incident did.</summary>
internal static class BaselinePlan
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan MomentWindow = TimeSpan.FromMinutes(5);

    public static IEnumerable<ProposedQuery> Pair(BoundMeasure measure, Understanding understanding, TranslationContext context, double confidence)
    {
        var now = Main(understanding, context);
        var before = Baseline(understanding, context, now);
        var one = understanding with { Threshold = null };
        yield return MetricPlan.Value(measure, one, context, now, confidence);
        var baseline = MetricPlan.Value(measure, one, context, before, confidence);
        yield return baseline with { Purpose = $"{baseline.Purpose}: what it is compared with" };
    }

    /// <summary>The window that is asked about; a moment becomes the minutes before it.</summary>
    public static TimeWindow Main(Understanding understanding, TranslationContext context)
    {
        if (MetricPlan.Window(understanding, context) is { } window)
        {
            return window;
        }

        var at = MetricPlan.At(understanding, context);
        var length = understanding.Baseline is { Meaning: TimeMeaning.Window } baseline && understanding.Time is null ? baseline.Window.Length : MomentWindow;
        return new TimeWindow(at - length, at);
    }

    /// <summary>What the question names; else the same stretch just before an incident, or a week before.</summary>
    public static TimeWindow Baseline(Understanding understanding, TranslationContext context, TimeWindow now)
    {
        if (understanding.Baseline is { } named && named.Window.Length > TimeSpan.Zero)
        {
            // "now vs yesterday" means the same time of yesterday when a moment is compared, and the whole day when a day is.
            var whole = understanding.Time is { Meaning: TimeMeaning.Window } || understanding.Time is null;
            return whole && !(understanding.Time is { IsCalendar: true } && now.Length < named.Window.Length) ? named.Window : new TimeWindow(named.Window.Start, named.Window.Start + now.Length);
        }

        if (understanding.Baseline is { Meaning: TimeMeaning.Moment } moment)
        {
            return new TimeWindow(moment.Window.End - now.Length, moment.Window.End);
        }

        return understanding.Time is { IsIncident: true } || understanding.Intent == QuestionIntent.Impact ? now.Shift(-now.Length) : now.Shift(-Week);
    }
}
