namespace Nightwatch.Domain.Queries.Translation.Language;

/// <summary>What an answer is to be broken down by: "per pod", "by status code", "for each route", "which services", "top 5 pods".</summary>
internal static class GroupReader
{
    private static readonly string[] Units = ["second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "week", "sec", "min"];

    /// <returns>Words as written, and per_hour and the like for units of time.</returns>
    public static IReadOnlyList<string> Read(IReadOnlyList<QuestionToken> tokens, bool[] taken, bool top)
    {
        var groups = new List<string>();
        for (var i = 0; i < tokens.Count; i++)
        {
            var lead = LeadAt(tokens, i);
            var next = i + lead;
            if (lead == 0 || next >= tokens.Count)
            {
                continue;
            }

            if (Units.Contains(tokens[next].Lower))
            {
                groups.Add("per_" + tokens[next].Lower.TrimEnd('s'));
            }
            else if (!taken[next] && tokens[next].IsWordLike && !(top && IsMeasure(tokens[next]) && KindOrNull(tokens[next]) is null) && !IsAction(tokens, next))
            {
                groups.Add(Phrase(tokens, taken, next));
                var more = next + groups[^1].Count(c => c == ' ') + 1;
                if (more + 1 < tokens.Count && tokens[more].IsAny("and", ",") && !taken[more + 1] && tokens[more + 1].IsWordLike && !IsMeasure(tokens[more + 1]) && !Lexicon.English.IsPlain(tokens[more + 1]))
                {
                    groups.Add(Phrase(tokens, taken, more + 1));
                }
            }
        }

        return [.. groups.Distinct()];
    }

    private static int LeadAt(IReadOnlyList<QuestionToken> tokens, int at)
    {
        var next = at + 1 < tokens.Count ? tokens[at + 1].Lower : "";
        var skip = next is "the" or "each" or "every" or "our" or "all" ? 1 : 0;
        return tokens[at].Lower switch
        {
            "per" => 1 + skip,
            "by" => 1 + skip,
            "each" or "every" => 1,
            "across" => 1 + skip,
            "which" or "what" when EntityKinds.OfWord(at + 1 < tokens.Count ? tokens[at + 1] : tokens[at]) is not null => 1,
            _ => 0,
        };
    }

    private static string Phrase(IReadOnlyList<QuestionToken> tokens, bool[] taken, int at)
    {
        var second = at + 1 < tokens.Count && !taken[at + 1] && tokens[at + 1].IsAny("code", "codes", "class", "address", "reason", "reasons", "type", "name", "group", "ip", "level", "point") ? " " + tokens[at + 1].Lower : "";
        return tokens[at].Lower + second;
    }

    // "caused by", "affected by the outage": not a breakdown.
    private static bool IsAction(IReadOnlyList<QuestionToken> tokens, int at) =>
        at > 1 && tokens[at - 1].IsAny("by") && tokens[at - 2].IsAny("caused", "affected", "impacted", "hit", "followed", "served", "handled", "made", "sent", "used", "consumed", "taken", "reset");

    private static bool IsMeasure(QuestionToken token) => Lexicon.English.Find([token], [false]).Any(h => h.Kind == ConceptKind.Measure);

    private static string? KindOrNull(QuestionToken token) => EntityKinds.OfWord(token);
}
