namespace Nightwatch.Domain.Queries.Translation.Language;

/// <param name="Ranked">Whether something to rank was found.</param>
internal sealed record GroupsRead(IReadOnlyList<string> Labels, bool Ranked);

/// <summary>What an answer is to be broken down by: "per pod", "by status code", "for each route", "which services", "top 5 pods".</summary>
internal static class GroupReader
{
    private static readonly string[] Units = ["second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "week", "sec", "min"];

    private static readonly string[] Nouns = ["route", "endpoint", "path", "handler", "url", "page", "method", "operation", "api", "dependency", "core"];

    /// <param name="named">Tokens that name a thing: the word beside them says what it is, and breaks nothing down.</param>
    /// <param name="top">Whether the first of a ranking is asked for: then the word for what is ranked is the breakdown.</param>
    /// <param name="labels">The labels that the source has.</param>
    /// <returns>Words as written, and per_hour and the like for units of time.</returns>
    public static GroupsRead Read(IReadOnlyList<QuestionToken> tokens, bool[] taken, bool[] named, bool top, IReadOnlySet<string> labels)
    {
        var groups = Led(tokens, taken, top, labels);
        if (top && !groups.Exists(g => !g.StartsWith("per_", StringComparison.Ordinal)) && Ranked(tokens, taken, named, labels) is { } ranked)
        {
            return new GroupsRead([.. groups, ranked], true);
        }

        return new GroupsRead(groups, groups.Count > 0);
    }

    // "slowest route", "top 3 routes by requests", "the pod with the highest CPU".
    private static string? Ranked(IReadOnlyList<QuestionToken> tokens, bool[] taken, bool[] named, IReadOnlySet<string> labels)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            var beside = (i > 0 && named[i - 1]) || (i + 1 < tokens.Count && named[i + 1]);
            if (!beside && IsRanked(tokens, taken, i, labels))
            {
                // Of "database operation" the last word is what is ranked.
                return IsRanked(tokens, taken, i + 1, labels) ? tokens[i + 1].Lower : tokens[i].Lower;
            }
        }

        return null;
    }

    private static bool IsRanked(IReadOnlyList<QuestionToken> tokens, bool[] taken, int at, IReadOnlySet<string> labels) =>
        at < tokens.Count && !taken[at] && tokens[at].Kind == TokenKind.Word && IsThing(tokens[at], labels) && !IsMeasure(tokens[at]);

    private static bool IsThing(QuestionToken token, IReadOnlySet<string> labels) =>
        KindOrNull(token) is not null || Nouns.Contains(token.Stem) || Nouns.Contains(token.Lower.TrimEnd('s')) || (token.Lower.Length > 3 && !Lexicon.English.IsPlain(token) && (labels.Contains(token.Lower) || labels.Contains(token.Lower.TrimEnd('s'))));

    private static List<string> Led(IReadOnlyList<QuestionToken> tokens, bool[] taken, bool top, IReadOnlySet<string> labels)
    {
        var groups = new List<string>();
        for (var i = 0; i < tokens.Count; i++)
        {
            var lead = LeadAt(tokens, i, labels);
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

    private static int LeadAt(IReadOnlyList<QuestionToken> tokens, int at, IReadOnlySet<string> labels)
    {
        var next = at + 1 < tokens.Count ? tokens[at + 1].Lower : "";
        var skip = next is "the" or "each" or "every" or "our" or "all" ? 1 : 0;
        return tokens[at].Lower switch
        {
            "per" => 1 + skip,
            "by" => 1 + skip,
            "each" or "every" => 1,
            "across" when next is not ("all" or "the" or "our") => 1,
            "which" or "what" when at + 1 < tokens.Count && IsThing(tokens[at + 1], labels) => 1,
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
