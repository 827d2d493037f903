using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Domain.Queries.Translation.Language;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>Words of a question that are values of a metric's labels: "declined" payments, the route /checkout, POST requests, mount point /var.</summary>
internal static class ValueFilters
{
    public static IEnumerable<MatcherSyntax> Of(MetricEntry entry, Understanding understanding, IReadOnlyList<MatcherSyntax> already)
    {
        var used = already.Select(m => m.Label).ToHashSet();
        foreach (var word in understanding.Words.Concat(understanding.Texts))
        {
            var label = entry.Labels.FirstOrDefault(l => !used.Contains(l) && l is not ("le" or "quantile" or "mode" or "state" or "condition" or "area") && PromQlWriter.IsLabel(l) && Value(entry, l, word) is not null);
            if (label is not null && !IsConcept(word))
            {
                used.Add(label);
                yield return new MatcherSyntax(label, MatchOperator.Equal, Value(entry, label, word)!);
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
            ?? (word[0] == '/' || word.Length < 4 ? null : values.FirstOrDefault(v => v.Length > 3 && WordStem.Of(v.ToLowerInvariant()) == WordStem.Of(word)));
    }

    // "error" is a value of many labels and a measure first.
    private static bool IsConcept(string word) =>
        word.Length > 0 && Lexicon.English.Find([new QuestionToken(word, TokenKind.Word, 0)], [false]).Any(h => h.Kind != ConceptKind.Speech && h.Concept is not ("read" or "write"));
}
