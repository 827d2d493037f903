using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>Questions for log lines, and for how many and how much there is in them.</summary>
internal static class LogPlan
{
    public const int Lines = 100;
    public static readonly TimeSpan LineWindow = TimeSpan.FromHours(24);

    public static IEnumerable<ProposedQuery> Write(Understanding understanding, TranslationContext context)
    {
        var (matchers, names) = LogScope.Of(understanding, context);
        var filters = new LogFilters(understanding, context);
        var (lines, hints) = filters.Read(names);
        var window = Window(understanding, context);
        var draft = Levelled(new LogDraft { Matchers = [.. matchers, .. hints.Where(h => matchers.All(m => m.Label != h.Label))], Filters = lines }, understanding, filters, context);
        var aggregated = Aggregated(draft, understanding, filters, window, context);
        if (aggregated is { } value)
        {
            yield return New(value.Text, window, null, null, value.Purpose, value.Unit, 0.8);
            if (understanding.Statistic == Statistic.Count && understanding.Wishes.Contains("events"))
            {
                yield break;
            }
        }
        else if (understanding.Intent == QuestionIntent.Trend || understanding.Wishes.Contains("trend"))
        {
            var step = Steps.OfRange(window.Length);
            yield return New(LogQlWriter.By("sum", [], LogQlWriter.Over("count_over_time", draft, step)), window, step, null, $"lines in each {MetricPlan.Words(step)}", "count", 0.75);
        }

        yield return New(LogQlWriter.Lines(draft), window, null, understanding.Lines ?? Lines, "the log lines", "lines", aggregated is null ? 0.8 : 0.5);
    }

    /// <summary>Events are counted: by level, in all, and hour by hour to see the peak.</summary>
    public static IEnumerable<ProposedQuery> Events(Understanding understanding, TranslationContext context)
    {
        var (matchers, names) = LogScope.Of(understanding, context);
        var filters = new LogFilters(understanding, context);
        var (lines, hints) = filters.Read(names);
        var window = Window(understanding, context);
        var draft = Levelled(new LogDraft { Matchers = [.. matchers, .. hints], Filters = lines }, understanding, filters, context);
        var level = LogScope.LevelLabel(context.Logs);
        var byLevel = level is null ? draft with { Parser = "json" } : draft;
        var hour = window.Length > TimeSpan.FromHours(2) ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(5);
        yield return New(LogQlWriter.By("sum", [level ?? "level"], LogQlWriter.Over("count_over_time", byLevel, window.Length)), window, null, null, "events by level", "count", 0.8);
        yield return New(LogQlWriter.By("sum", [], LogQlWriter.Over("count_over_time", draft, window.Length)), window, null, null, "events in all", "count", 0.8);
        yield return New(LogQlWriter.By("sum", [], LogQlWriter.Over("count_over_time", draft, hour)), window, hour, null, "events hour by hour: the largest is the peak", "count", 0.75);
    }

    public static TimeWindow Window(Understanding understanding, TranslationContext context)
    {
        if (MetricPlan.Window(understanding, context) is { } window)
        {
            return window;
        }

        var moment = understanding.Time is { Meaning: TimeMeaning.Moment } at ? at.Window.End : (DateTimeOffset?)null;
        return moment is { } point ? new TimeWindow(point - TimeSpan.FromMinutes(15), point + TimeSpan.FromMinutes(15)) : new TimeWindow(context.Now - LineWindow, context.Now);
    }

    private static (string Text, string Purpose, string Unit)? Aggregated(LogDraft draft, Understanding understanding, LogFilters filters, TimeWindow window, TranslationContext context)
    {
        if (filters.Phrase is { Value: { } pattern } && Number(understanding) is { } number)
        {
            var label = pattern[(pattern.IndexOf("?P<", StringComparison.Ordinal) + 3)..pattern.IndexOf('>', StringComparison.Ordinal)];
            var unwrapped = draft with { Pattern = pattern, Unwrap = label };
            return (LogQlWriter.By(number.Function == "max_over_time" ? "max" : "avg", [], LogQlWriter.Over(number.Function, unwrapped, window.Length, number.Parameter)), $"{label} in the lines, {number.Function.Replace('_', ' ')}", "count");
        }

        var words = understanding.GroupBy.Concat(understanding.Wishes.Any(w => w is "unique" or "per") || understanding.Top is not null ? understanding.Words : []).ToList();
        var field = filters.Field(words);
        var counts = understanding.Statistic is Statistic.Count or Statistic.Average or Statistic.Sum || understanding.Top is not null || understanding.GroupBy.Count > 0 || understanding.Wishes.Contains("unique") || (understanding.Wishes.Contains("per") && field is not null);
        if (!counts || (understanding.Lines is not null && understanding.Statistic == Statistic.None))
        {
            return null;
        }

        var grouped = understanding.GroupBy.Where(g => !(field?.Words.Contains(Language.WordStem.Of(g.Split(' ')[0])) ?? false)).Select(g => draft.Matchers.Select(m => m.Label).FirstOrDefault(l => l == g) ?? LogScope.LabelOf(g, context.Logs)).OfType<string>().Distinct().ToList();
        var by = field is not null ? [field.Label] : grouped;
        var source = field is null ? draft : draft with { Pattern = field.Pattern };
        var text = LogQlWriter.By("sum", by, LogQlWriter.Over("count_over_time", source, window.Length));
        return Finish(text, understanding, field is not null || by.Count > 0, window);
    }

    private static (string Text, string Purpose, string Unit) Finish(string text, Understanding understanding, bool grouped, TimeWindow window)
    {
        if (grouped && understanding.Wishes.Contains("unique") && understanding.Statistic == Statistic.Count)
        {
            return ($"count({text})", "how many different ones", "count");
        }

        if (grouped && understanding.Top is { } top)
        {
            return (PromQlWriter.Ranked(text, top, understanding.Bottom), "the most frequent", "count");
        }

        if (grouped && understanding.Threshold is { } bound)
        {
            return ($"{text} {bound.Comparison} {PromQlWriter.Number(bound.Value)}", "those past the bound", "count");
        }

        var per = understanding.Wishes.FirstOrDefault(w => w is "per_hour" or "per_minute" or "per_day") switch { "per_hour" => TimeSpan.FromHours(1), "per_minute" => TimeSpan.FromMinutes(1), "per_day" => TimeSpan.FromDays(1), _ => TimeSpan.Zero };
        return per > TimeSpan.Zero && understanding.Statistic == Statistic.Average && window.Length > per
            ? ($"{text} / {PromQlWriter.Number(Math.Round(window.Length / per, 3))}", "lines, on average", "count")
            : (text, $"lines, counted over {MetricPlan.Words(window.Length)}", "count");
    }

    private static (string Function, double? Parameter)? Number(Understanding understanding) => understanding.Statistic switch
    {
        Statistic.Average => ("avg_over_time", null),
        Statistic.Maximum => ("max_over_time", null),
        Statistic.Minimum => ("min_over_time", null),
        Statistic.Sum => ("sum_over_time", null),
        Statistic.Quantile => ("quantile_over_time", understanding.Quantile ?? 0.95),
        Statistic.None when understanding.Wishes.Contains("usage") => ("max_over_time", null),
        _ => null,
    };

    private static LogDraft Levelled(LogDraft draft, Understanding understanding, LogFilters filters, TranslationContext context)
    {
        if (understanding.LogLevel is not { } level || filters.Phrase is { Program: not "any" } || (understanding.Wishes.Contains("unique") && draft.Filters.Count > 0))
        {
            return draft;
        }

        return LogScope.Level(level, context.Logs) is { } matcher ? draft with { Matchers = [.. draft.Matchers.Where(m => m.Label != matcher.Label), matcher] }
            : draft with { Filters = [.. draft.Filters, new LineFilter(true, $"(?i){Re2Text.Escape(level)}")] };
    }

    private static ProposedQuery New(string text, TimeWindow window, TimeSpan? step, int? limit, string purpose, string unit, double confidence) => new()
    {
        Language = ProposedQuery.LogQl,
        Text = LogQlWriter.Canonical(text),
        Window = window,
        Step = step,
        Limit = limit,
        Purpose = purpose,
        Unit = unit,
        Confidence = confidence,
        Why = "stream labels for what is named, line filters for what the lines say",
    };
}
