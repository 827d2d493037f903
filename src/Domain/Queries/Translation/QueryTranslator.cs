using Nightwatch.Domain.Queries.Translation.Language;
using Nightwatch.Domain.Queries.Translation.Planning;

namespace Nightwatch.Domain.Queries.Translation;

/// <summary>Turns a question in plain words into queries by rules alone. Pure, deterministic, safe for many callers.</summary>
public static class QueryTranslator
{
    private const int MostQueries = 16;

    /// <summary>What the question means; no source is asked.</summary>
    public static Understanding Understand(string question, TranslationContext context) => QuestionReader.Read(question, context);

    /// <summary>Queries for the question, the main one first; or choices to ask back with; or a remark that says why there is none.</summary>
    public static Translation Translate(string question, TranslationContext context) => Plan(Understand(question, context), context);

    /// <summary>Queries for an understanding that was edited or built otherwise, such as by a model.</summary>
    public static Translation Plan(Understanding understanding, TranslationContext context)
    {
        if (Remarks.WithoutQuery(understanding) is { } remark && !(understanding.Intent == QuestionIntent.OutOfScope && context.Logs.Labels.Any() && LogPhraseFits(understanding, context)))
        {
            return new Translation { Understanding = understanding, Remark = remark };
        }

        if (Ambiguities.Unknown(understanding, context) is { } unknown)
        {
            return unknown;
        }

        var guessed = understanding with { Entities = [.. understanding.Entities.Where(e => e.Known || e.Kind != "name" || WantsLogs(understanding) || context.Metrics.Names.Labels.Count == 0)] };
        var planned = context.Metrics.Count == 0 && context.Logs.Labels.Any() ? [] : Queries(guessed, context).ToList();
        var logs = planned.Count == 0 && context.Logs.Labels.Any() && MayStandInLogs(guessed, context);
        var queries = (logs ? OfLogs(guessed, context) : planned).DistinctBy(q => (q.Text, q.Window, q.Step)).Take(MostQueries).ToList();
        return new Translation
        {
            Understanding = understanding,
            Queries = queries,
            Choices = queries.Count == 0 ? Ambiguities.Suggestions(understanding, context) : Ambiguities.Alternatives(understanding, context),
            Remark = queries.Count == 0 ? Remarks.NothingFits(understanding) : Remarks.Assumed(understanding, context),
        };
    }

    // Events are counted by level unless the question says which ones it means.
    private static IEnumerable<ProposedQuery> OfLogs(Understanding understanding, TranslationContext context) =>
        understanding.Intent == QuestionIntent.Events && understanding.Wishes.Contains("events") && understanding.Identifiers.Count == 0 && understanding.Texts.Count == 0
            ? LogPlan.Events(understanding, context)
            : LogPlan.Write(understanding, context);

    // A measure that no metric of the thing tells is not made up from all of its lines.
    private static bool MayStandInLogs(Understanding understanding, TranslationContext context) =>
        context.Metrics.Count == 0 || WantsLogs(understanding) || understanding.Texts.Count > 0 || understanding.Intent == QuestionIntent.OutOfScope || LogPhraseFits(understanding, context);

    private static bool WantsLogs(Understanding understanding) => understanding.Intent is QuestionIntent.Logs or QuestionIntent.Events;

    private static IEnumerable<ProposedQuery> Queries(Understanding understanding, TranslationContext context) => understanding.Intent switch
    {
        QuestionIntent.Logs or QuestionIntent.Events => OfLogs(understanding, context),
        QuestionIntent.Health => Health(understanding, context),
        QuestionIntent.Impact => ImpactPlan.Write(understanding, context),
        QuestionIntent.Comparison => Comparison(understanding, context),
        QuestionIntent.Capacity => CapacityPlan.Write(understanding, context),
        QuestionIntent.Alerts => AlertsPlan.Write(understanding, context),
        QuestionIntent.ServiceLevel => ServiceLevelPlan.Write(understanding, context),
        QuestionIntent.Changes => CausePlan.Changes(understanding, context),
        QuestionIntent.Diagnosis => CausePlan.Why(understanding, context),
        _ => MeasuredOrHealth(understanding, context),
    };

    // "How busy is redis" names a thing and nothing to measure.
    private static List<ProposedQuery> MeasuredOrHealth(Understanding understanding, TranslationContext context)
    {
        List<ProposedQuery> measured = [.. Measured(understanding, context)];
        return measured.Count == 0 && understanding.Measures.Count == 0 && understanding.Wishes.Contains("usage") && understanding.Entities.Any(e => e.Known)
            ? [.. Health(understanding, context)]
            : measured;
    }

    // "CPU, memory and disk of node-1" asks for each; what else is measured goes with all of them.
    private static IEnumerable<ProposedQuery> Measured(Understanding understanding, TranslationContext context)
    {
        if (SlowerPlan.Write(understanding, context) is { } slower)
        {
            return [slower];
        }

        if (understanding.Listed.Count < 2 || MeasureChooser.Choose(understanding, context) is [var one, ..] && MeasureChooser.Covers(one, understanding.Listed))
        {
            return OfOne(understanding, context);
        }

        var each = understanding.Listed.Select(m => OfOne(MeasureChooser.Only(understanding, m), context).ToList()).Where(q => q.Count > 0).ToList();
        return each.Select(q => q[0]).Concat(each.SelectMany(q => q.Skip(1).Take(1).Where(more => more.Step is not null)));
    }

    private static IEnumerable<ProposedQuery> OfOne(Understanding understanding, TranslationContext context)
    {
        var measures = MeasureChooser.Choose(understanding, context);
        if (measures.Count == 0 && understanding.Measures.Contains("age") && understanding.Measures.Contains("availability"))
        {
            // Since when it is up is not told; whether it is, is.
            measures = MeasureChooser.Choose(understanding with { Measures = ["availability"] }, context);
        }

        if (measures.Count == 0)
        {
            // What no metric tells may stand in the logs.
            return context.Logs.Labels.Any() && (understanding.Measures.Contains("error") || (understanding.Statistic != Statistic.None && understanding.Measures.Count == 0) || LogPhraseFits(understanding, context)) ? LogPlan.Write(understanding, context) : [];
        }

        var confidence = Confidence(measures, understanding);
        var more = understanding.MoreQuantiles.SelectMany(q => MetricPlan.Write(measures[0] with { Fill = measures[0].Fill with { Quantile = q } }, understanding with { Quantile = q }, context, confidence).Take(1));
        var best = MetricPlan.Write(measures[0], understanding, context, confidence).ToList();
        return best.Take(1).Concat(more).Concat(best.Skip(1))
            .Concat(measures.Skip(1).Take(2).SelectMany(m => MetricPlan.Write(m, understanding, context, confidence * 0.5).Take(1)));
    }

    private static bool LogPhraseFits(Understanding understanding, TranslationContext context)
    {
        var filters = new LogFilters(understanding, context);
        filters.Read([]);
        return filters.Phrase is not null;
    }

    private static double Confidence(IReadOnlyList<BoundMeasure> measures, Understanding understanding)
    {
        var template = measures[0].Template.Needs.Count > 0;
        var lead = measures.Count > 1 && template && measures[1].Template.Needs.Count > 0 ? Math.Min(1, (measures[0].Score - measures[1].Score) / 2) : 0.6;
        var slips = understanding.Corrections.Count * 0.05;
        return (template ? 0.7 : 0.5) + (0.25 * Math.Max(0, lead)) - slips - (understanding.Entities.Count(e => e.Corrected) * 0.1);
    }

    private static IEnumerable<ProposedQuery> Health(Understanding understanding, TranslationContext context)
    {
        var window = MetricPlan.Window(understanding, context);
        var plain = understanding with { Statistic = Statistic.None, Threshold = null, Top = null };
        var asked = understanding.Measures.Any(m => m is not ("availability" or "error" or "latency")) ? MeasureChooser.Choose(plain, context).Take(1) : [];
        var vital = asked.Concat(KnownMeasures.Vital(plain, context)).DistinctBy(m => m.Template.Id).Select((m, i) => MetricPlan.Value(m, plain, context, window, 0.85 - (0.03 * i)));
        return window is null && AlertsPlan.Firing(understanding, context) is { } firing ? vital.Append(firing with { Confidence = 0.7 }) : vital;
    }

    private static IEnumerable<ProposedQuery> Comparison(Understanding understanding, TranslationContext context)
    {
        var measures = understanding.Measures.Count == 0 && understanding.Words.Count == 0 ? KnownMeasures.Vital(understanding, context).Take(4).ToList() : [.. MeasureChooser.Choose(understanding, context).Take(1)];
        var targets = understanding.Entities.GroupBy(e => e.Kind).Any(g => g.Count() > 1) || measures.Any(m => ValueFilters.Several(m.Primary, understanding) is not null);
        var pair = understanding.Baseline is not null || understanding.Wishes.Contains("baseline") || (!targets && understanding.GroupBy.Count == 0);
        return measures.SelectMany(m => pair && !(targets && understanding.Baseline is null)
            ? BaselinePlan.Pair(m, understanding, context, 0.8)
            : MetricPlan.Write(m, understanding with { Intent = QuestionIntent.Metrics }, context, 0.8));
    }
}
