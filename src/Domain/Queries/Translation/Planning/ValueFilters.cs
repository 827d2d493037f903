using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Domain.Queries.Translation.Language;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>Words of a question that are values of a metric's labels: "declined" payments, the route /checkout, POST requests, mount point /var.</summary>
internal static class ValueFilters
{
    /// <summary>Several values of one label ("accepted vs declined") become one pattern.</summary>
    public static IEnumerable<MatcherSyntax> Of(MetricEntry entry, Understanding understanding, IReadOnlyList<MatcherSyntax> already)
    {
        var used = already.Select(m => m.Label).ToHashSet();
        return Found(entry, understanding).Where(f => !used.Contains(f.Label)).GroupBy(f => f.Label, f => f.Value)
            .Select(g => g.Distinct().Count() == 1
                ? new MatcherSyntax(g.Key, MatchOperator.Equal, g.First())
                : new MatcherSyntax(g.Key, MatchOperator.RegexMatch, string.Join('|', g.Distinct().Select(Re2Text.Escape))));
    }

    /// <summary>The label of which the question names several values: they are to be told apart.</summary>
    public static string? Several(MetricEntry entry, Understanding understanding) =>
        Found(entry, understanding).GroupBy(f => f.Label).FirstOrDefault(g => g.Select(f => f.Value).Distinct().Count() > 1)?.Key;

    private static IEnumerable<(string Label, string Value)> Found(MetricEntry entry, Understanding understanding)
    {
        foreach (var word in understanding.Words.Concat(understanding.Texts).Where(w => w.Length > 0 && !IsConcept(w)))
        {
            var label = entry.Labels.FirstOrDefault(l => l is not ("le" or "quantile" or "mode" or "condition" or "area" or "alertstate" or "severity") && PromQlWriter.IsLabel(l) && Value(entry, l, word) is not null);
            if (label is not null)
            {
                yield return (label, Value(entry, label, word)!);
            }
        }
    }

    public static bool Explains(MetricEntry entry, string word) => entry.Labels.Any(l => Value(entry, l, word) is not null);

    private static string? Value(MetricEntry entry, string label, string word)
    {
        var values = entry.Values(label);
        if (values.Count > MetricEntry.MaxValues / 2 || (EntityKinds.All.Contains(label) && word[0] != '/'))
        {
            return null;
        }

        return values.FirstOrDefault(v => v.Equals(word, StringComparison.OrdinalIgnoreCase))
            ?? (word[0] == '/' || word.Length < 4 ? null : values.FirstOrDefault(v => v.Length > 3 && WordStem.Of(v.TrimStart('/').ToLowerInvariant()) == WordStem.Of(word)));
    }

    // "error" is a value of many labels and a measure first.
    private static bool IsConcept(string word) =>
        word.Length > 0 && Lexicon.English.Find([new QuestionToken(word, TokenKind.Word, 0)], [false]).Any(h => h.Kind != ConceptKind.Speech && h.Concept is not ("read" or "write"));
}
