namespace Nightwatch.Domain.Queries.Translation.Language;

/// <summary>Completes "and yesterday?", "same for staging" and "what about memory?" with what was asked before.</summary>
internal static class FollowUps
{
    private static readonly string[] Openings = ["and", "same", "what", "how", "now", "also", "but", "or", "then", "ok", "okay", "instead", "for", "only", "just", "vs", "versus", "compared", "show", "in", "during", "per", "by", "as"];

    public static Understanding Complete(Understanding now, IReadOnlyList<QuestionToken> tokens, Understanding? before)
    {
        if (before is null || !IsFollowUp(now, tokens))
        {
            return now;
        }

        var sameKinds = now.Entities.Select(e => e.Kind).ToHashSet();
        var added = tokens.Count > 0 && tokens[0].IsAny("vs", "versus", "compared");
        var measures = now.Measures.Count > 0 ? now.Measures : before.Measures;
        return now with
        {
            Intent = Intent(now, before),
            IntentConfidence = Math.Max(0.5, Math.Min(now.IntentConfidence, before.IntentConfidence)),
            Measures = measures,
            Subjects = [.. now.Subjects.Concat(now.Measures.Count > 0 && now.Subjects.Count > 0 ? [] : before.Subjects).Distinct()],
            Wishes = [.. before.Wishes.Concat(now.Wishes).Append("followup").Distinct()],
            Entities = [.. Retyped(now.Entities, before.Entities), .. before.Entities.Where(e => added || now.Entities.Count == 0 || (!sameKinds.Contains(e.Kind) && !Replaces(now.Entities, e)))],
            Time = added ? before.Time : now.Time ?? before.Time,
            Baseline = added ? now.Time ?? now.Baseline : now.Baseline ?? (now.Time is null ? before.Baseline : null),
            Horizon = now.Horizon ?? before.Horizon,
            Statistic = now.Statistic == Statistic.None ? before.Statistic : now.Statistic,
            MoreQuantiles = now.Quantile is not null ? now.MoreQuantiles : before.MoreQuantiles,
            Listed = now.Measures.Count > 0 ? now.Listed : before.Listed,
            StatusCode = now.StatusCode ?? before.StatusCode,
            Quantile = now.Quantile ?? (now.Statistic == Statistic.None ? before.Quantile : null),
            Threshold = now.Threshold ?? before.Threshold,
            Top = now.Top ?? before.Top,
            Bottom = now.Top is null ? before.Bottom : now.Bottom,
            GroupBy = now.GroupBy.Count > 0 ? now.GroupBy : before.GroupBy,
            Texts = now.Texts.Count > 0 ? now.Texts : before.Texts,
            Identifiers = now.Identifiers.Count > 0 ? now.Identifiers : before.Identifiers,
            Lines = now.Lines ?? before.Lines,
            LogLevel = now.LogLevel ?? before.LogLevel,
            Words = now.Measures.Count > 0 ? now.Words : [.. before.Words.Concat(now.Words).Distinct()],
        };
    }

    /// <summary>A short question that begins like a continuation and lacks what a whole one has.</summary>
    private static bool IsFollowUp(Understanding now, IReadOnlyList<QuestionToken> tokens)
    {
        var words = tokens.Count(t => t.Kind != TokenKind.Punctuation);
        if (words is 0 or > 12)
        {
            return false;
        }

        var opens = Openings.Contains(tokens[0].Lower) && (now.Wishes.Contains("followup") || tokens[0].IsAny("vs", "versus", "compared", "or", "then", "only", "just", "but"));
        var bare = now.Measures.Count == 0 && now.Texts.Count == 0 && now.Intent is QuestionIntent.OutOfScope or QuestionIntent.Metrics or QuestionIntent.Comparison or QuestionIntent.Trend
            && (now.Time is not null || now.Baseline is not null || now.Entities.Count > 0 || now.Statistic != Statistic.None || now.GroupBy.Count > 0 || now.Top is not null || now.Intent == QuestionIntent.Trend);
        return opens || bare;
    }

    private static QuestionIntent Intent(Understanding now, Understanding before) =>
        now.Baseline is not null || now.Intent == QuestionIntent.Comparison ? QuestionIntent.Comparison
            : now.Intent is QuestionIntent.OutOfScope or QuestionIntent.SmallTalk || now.Measures.Count == 0 || now.Intent == QuestionIntent.Metrics ? Kept(now, before)
            : now.Intent;

    private static QuestionIntent Kept(Understanding now, Understanding before) =>
        now.Intent is QuestionIntent.Trend or QuestionIntent.Logs or QuestionIntent.Alerts && now.Measures.Count == 0 ? now.Intent : before.Intent;

    // "same for staging" after "errors of production": the same kind of thing.
    private static IEnumerable<NamedEntity> Retyped(IReadOnlyList<NamedEntity> now, IReadOnlyList<NamedEntity> before) =>
        now.Select(e => e.Kind == "name" && before.Count > 0 ? e with { Kind = before[0].Kind } : e);

    private static bool Replaces(IReadOnlyList<NamedEntity> now, NamedEntity old) =>
        now.Any(e => e.Kind == "name" || e.Labels.Intersect(old.Labels).Any() || (Group(e.Kind) == Group(old.Kind) && Group(e.Kind).Length > 0));

    private static string Group(string kind) => kind is "service" or "app" or "name" or "container" or "database" ? "workload" : "";
}
