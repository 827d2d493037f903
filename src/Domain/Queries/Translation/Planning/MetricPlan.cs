using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>Writes a chosen measure in the form that the question wants: a value now, one for a window, a count, or a curve.</summary>
internal static class MetricPlan
{
    public static readonly TimeSpan CountWindow = TimeSpan.FromHours(1);
    public static readonly TimeSpan RareWindow = TimeSpan.FromDays(1);
    private static readonly TimeSpan TrendWindow = TimeSpan.FromHours(6);

    public static IEnumerable<ProposedQuery> Write(BoundMeasure measure, Understanding understanding, TranslationContext context, double confidence)
    {
        var window = Window(understanding, context);
        if (WantsCurve(understanding) && !IsAvailability(measure, understanding) && understanding.Top is null && !Counts(measure, understanding))
        {
            yield return Curve(measure, understanding, context, window ?? new TimeWindow(context.Now - TrendWindow, context.Now), confidence);
            if (window is not null)
            {
                yield return Value(measure, understanding, context, window, confidence * 0.7);
            }

            yield break;
        }

        yield return Value(measure, understanding, context, window, confidence);
        if (window is not null && understanding.Top is null && understanding.Baseline is null && !Counts(measure, understanding))
        {
            yield return Curve(measure, understanding with { Statistic = Statistic.None, Threshold = null }, context, window, confidence * 0.7);
        }
    }

    /// <summary>One value for each series at the end of a window, or now.</summary>
    public static ProposedQuery Value(BoundMeasure measure, Understanding understanding, TranslationContext context, TimeWindow? window, double confidence)
    {
        var at = window?.End ?? At(understanding, context);
        var length = window?.Length ?? TimeSpan.Zero;
        var (text, unit, purpose) = Scaled(Expression(measure, understanding, context, length), measure, understanding);
        text = Finish(text, unit, understanding, measure);
        return New(text, new TimeWindow(window?.Start ?? at, at), null, purpose, unit, confidence, measure.Why);
    }

    public static ProposedQuery Curve(BoundMeasure measure, Understanding understanding, TranslationContext context, TimeWindow window, double confidence)
    {
        var step = Steps.OfRange(window.Length);
        var rate = step > context.RateWindow ? step : context.RateWindow;
        var text = Finish(PerTime(measure.Now(rate), understanding, measure), measure.Unit, understanding with { Threshold = null }, measure);
        return New(text, window, step, measure.Template.Purpose + ", over time", PerTimeUnit(understanding, measure), confidence, measure.Why);
    }

    public static ProposedQuery New(string text, TimeWindow window, TimeSpan? step, string purpose, string unit, double confidence, string why) => new()
    {
        Language = ProposedQuery.PromQl,
        Text = PromQlWriter.Canonical(text),
        Window = window,
        Step = step,
        Purpose = purpose,
        Unit = unit,
        Confidence = Math.Round(Math.Clamp(confidence, 0, 1), 2),
        Why = why,
    };

    /// <summary>The stretch that is asked for; null for a moment.</summary>
    public static TimeWindow? Window(Understanding understanding, TranslationContext context) =>
        understanding.Time is { Meaning: TimeMeaning.Window or TimeMeaning.Unknown } time && time.Window.Length > TimeSpan.Zero ? time.Window with { End = time.Window.End > context.Now ? context.Now : time.Window.End } : null;

    public static DateTimeOffset At(Understanding understanding, TranslationContext context) => understanding.Time?.Window.End ?? context.Now;

    public static bool Counts(BoundMeasure measure, Understanding understanding) =>
        measure.Template.Count is not null && !understanding.Wishes.Any(w => w is "per_second" or "per_minute") && (understanding.Statistic is Statistic.Count or Statistic.Sum || (measure.Template.Unit == "count" && understanding.Statistic == Statistic.None));

    private static (string Text, string Unit, string Purpose) Expression(BoundMeasure measure, Understanding understanding, TranslationContext context, TimeSpan length)
    {
        if (Counts(measure, understanding))
        {
            var window = length > TimeSpan.Zero ? length : measure.Template.Subject is "kubernetes" or "process" or "host" ? RareWindow : CountWindow;
            return (measure.Count(window)!, measure.Template.Unit == "seconds" ? "seconds" : "count", $"{measure.Template.Purpose}, counted over {Words(window)}");
        }

        if (length <= TimeSpan.Zero)
        {
            return (PerTime(measure.Now(context.RateWindow), understanding, measure), PerTimeUnit(understanding, measure), measure.Template.Purpose);
        }

        var function = understanding.Statistic switch
        {
            Statistic.Maximum => "max_over_time",
            _ when understanding.Wishes.Contains("maximum") && measure.Template.IsQuantile && understanding.Top is null => "max_over_time",
            _ when understanding.Wishes.Contains("average") && measure.Template.IsQuantile && understanding.Statistic == Statistic.Quantile => null,
            Statistic.Minimum => "min_over_time",
            Statistic.StandardDeviation => "stddev_over_time",
            Statistic.Quantile when !measure.Template.IsQuantile => "quantile_over_time",
            _ => null,
        };
        return function is null
            ? (PerTime(measure.Average(length), understanding, measure), PerTimeUnit(understanding, measure), $"{measure.Template.Purpose}, over {Words(length)}")
            : (measure.OverTime(function, length, context.RateWindow, understanding.Quantile ?? 0.95), measure.Unit, $"{measure.Template.Purpose}, {function[..function.IndexOf('_', StringComparison.Ordinal)]} over {Words(length)}");
    }

    /// <summary>"How many days until the certificate expires": seconds in the unit that was asked for.</summary>
    private static (string Text, string Unit, string Purpose) Scaled((string Text, string Unit, string Purpose) value, BoundMeasure measure, Understanding understanding)
    {
        var timed = value.Unit == "seconds" && measure.Template.Needs.Any(n => n.Any(c => c is "certificate" or "forecast" or "age" or "downtime"));
        return timed switch
        {
            true when understanding.Wishes.Contains("days") => ($"({value.Text}) / 86400", "days", value.Purpose.Replace("seconds", "days", StringComparison.Ordinal)),
            true when understanding.Wishes.Contains("hours") => ($"({value.Text}) / 3600", "hours", value.Purpose.Replace("seconds", "hours", StringComparison.Ordinal)),
            true when understanding.Wishes.Contains("minutes") => ($"({value.Text}) / 60", "minutes", value.Purpose.Replace("seconds", "minutes", StringComparison.Ordinal)),
            _ => value,
        };
    }

    private static string Finish(string text, string unit, Understanding understanding, BoundMeasure measure)
    {
        if (understanding.Threshold is { } bound)
        {
            text = PromQlWriter.Bounded(text, bound.Comparison, Units.InUnit(bound, unit));
        }

        if (understanding.Top is { } top)
        {
            return PromQlWriter.Ranked(text, top, understanding.Bottom);
        }

        var across = understanding.Wishes.Contains("overall") && understanding.GroupBy.Count == 0 && !measure.Template.IsQuantile || understanding.Time is null && understanding.Entities.Count == 0 && understanding.GroupBy.Count == 0 && !measure.Template.IsQuantile && !measure.Template.Needs.Any(n => n.Contains("latency"));
        return across ? understanding.Statistic switch
        {
            Statistic.Average => PromQlWriter.Across("avg", text),
            Statistic.Maximum => PromQlWriter.Across("max", text),
            Statistic.Minimum => PromQlWriter.Across("min", text),
            Statistic.Sum when measure.Template.Count is null => PromQlWriter.Across("sum", text),
            _ => text,
        }
        : text;
    }

    private static string PerTime(string text, Understanding understanding, BoundMeasure measure) =>
        measure.Unit == "per_second" && understanding.Wishes.Contains("per_minute") ? PromQlWriter.Scaled(text, 60)
        : measure.Unit == "per_second" && understanding.Wishes.Contains("per_hour") ? PromQlWriter.Scaled(text, 3600) : text;

    private static string PerTimeUnit(Understanding understanding, BoundMeasure measure) =>
        measure.Unit != "per_second" ? measure.Unit : understanding.Wishes.Contains("per_minute") ? "per_minute" : understanding.Wishes.Contains("per_hour") ? "per_hour" : measure.Unit;

    // How available something was is one number; the curve comes behind it.
    private static bool IsAvailability(BoundMeasure measure, Understanding understanding) =>
        measure.Template.Id is "target.up" or "probe.success" or "service.success" && understanding.Intent != QuestionIntent.Trend && !understanding.Wishes.Contains("trend");

    /// <summary>A window without a statistic is shown as a curve, unless one value was asked for in so many words.</summary>
    private static bool WantsCurve(Understanding understanding)
    {
        if (understanding.Intent == QuestionIntent.Trend || understanding.Wishes.Contains("trend"))
        {
            return understanding.Threshold is null;
        }

        var first = understanding.Question.TrimStart().Split([' ', '\'', '’'], 2)[0].ToLowerInvariant();
        return understanding.Time is { Meaning: TimeMeaning.Window, IsIncident: false } && !understanding.Wishes.Contains("followup") && understanding.Statistic == Statistic.None && understanding.Threshold is null && understanding.Baseline is null
            && first is not ("what" or "whats" or "how" or "was" or "were" or "is" or "did" or "which" or "who" or "are" or "has" or "have" or "do" or "does" or "calculate" or "compute");
    }

    public static string Words(TimeSpan span) =>
        span.TotalDays >= 2 ? $"{span.TotalDays:0.#} days" : span.TotalHours >= 1.5 ? $"{span.TotalHours:0.#} hours" : $"{span.TotalMinutes:0.#} minutes";
}
