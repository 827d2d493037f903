using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Templates;
using Nightwatch.Domain.Queries.Translation.Language;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>Chooses what to measure: templates and metrics are held against the concepts and words of the question.</summary>
internal static class MeasureChooser
{
    /// <summary>The best first; none when nothing that the source exposes fits.</summary>
    public static IReadOnlyList<BoundMeasure> Choose(Understanding understanding, TranslationContext context)
    {
        var templates = TemplateLibrary.All.Select(t => (Template: t, Score: Score(t, understanding))).Where(t => t.Score > 0).OrderByDescending(t => t.Score)
            .Select(t => BoundMeasure.Bind(t.Template, understanding, context, t.Score, $"template {t.Template.Id}, since the question asks for {Concepts(t.Template, understanding)}"))
            .OfType<BoundMeasure>().Take(understanding.GroupBy.Count > 0 ? 8 : 4).ToList();
        templates = understanding.GroupBy.Count == 0 ? templates : [.. templates.Select(t => t with { Score = t.Score - Groups.Misfit(t.Primary, understanding) }).OrderByDescending(t => t.Score).Take(4)];
        var generic = GenericMeasures.Of(understanding, context).ToList();
        var best = generic.Count == 0 ? null : generic.OrderByDescending(g => g.Score >= 1000 ? 1000 : Explained(g, understanding)).First();
        if (best is null)
        {
            return templates;
        }

        var better = templates.Count == 0 || best.Score >= 1000 || (Explained(best, understanding) >= Explained(templates[0], understanding) + 0.9 && !Specific(templates[0], understanding));
        return better ? [best, .. templates] : [.. templates, best];
    }

    /// <summary>Above 0 when the template answers the question: what it explains less what it leaves.</summary>
    public static double Score(MeasureTemplate template, Understanding understanding)
    {
        if (!template.Needs.All(n => n.Any(c => Asks(understanding, c))) || (template.IsQuantile != WantsQuantile(understanding) && template.IsQuantile))
        {
            return 0;
        }

        var explained = template.Needs.SelectMany(n => n).Concat(template.Helps).ToHashSet();
        var needs = template.Needs.Count * 2.0;
        var helps = template.Helps.Count(h => Asks(understanding, h)) * 0.6;
        var left = understanding.Measures.Count(m => !explained.Contains(m)) * 1.3;
        var wishes = understanding.Wishes.Count(w => w is "free" or "ratio" or "capacity" or "count" or "full" or "forecast" && !explained.Contains(w)) * 0.5;
        // What runs elsewhere is not measured by this at all.
        if (template.Avoids.Any(a => understanding.Subjects.Contains(a) && a is "database" or "grpc") && !template.Needs.Any(n => n.Any(understanding.Subjects.Contains)))
        {
            return 0;
        }

        var avoided = template.Avoids.Count(a => Asks(understanding, a)) * 2.0;
        var subject = understanding.Subjects.Contains(template.Subject) ? 1.5 : TemplateLibrary.IsSpecial(template.Subject) ? understanding.Subjects.Any(TemplateLibrary.IsSpecial) ? -3 : -0.7 : 0;
        var quantile = template.IsQuantile ? 0.5 : 0;
        quantile += understanding.Top is not null && template.Subject == "host" && !understanding.Subjects.Contains("host") ? -1 : 0;
        quantile += understanding.Wishes.Contains("bytes") && !understanding.Wishes.Contains("ratio") ? template.Unit switch { "ratio" => -2, "bytes" => 0.5, _ => 0 } : 0;
        quantile += understanding.Wishes.Contains("ratio") && template.Unit == "ratio" ? 0.8 : 0;
        quantile += understanding.Threshold is { IsPercent: true } && template.Unit != "ratio" ? -3 : 0;
        quantile += understanding.Threshold is { Unit: "gb" or "mb" or "kb" or "gib" or "mib" or "kib" or "tb" or "bytes" } && template.Unit is "ratio" ? -2 : 0;
        return needs + helps - left - wishes - avoided + subject + quantile + template.Priority;
    }

    /// <summary>Whether one measure answers all of them.</summary>
    public static bool Covers(BoundMeasure measure, IReadOnlyList<string> concepts) =>
        measure.Template.Needs.Count > 0 && concepts.All(c => measure.Template.Needs.Any(n => n.Contains(c)) || (measure.Template.Helps.Contains(c) && measure.Template.Needs.Count > 1));

    /// <summary>The question with one of its listed measures.</summary>
    public static Understanding Only(Understanding understanding, string measure) => understanding with
    {
        Measures = [.. understanding.Measures.Where(m => m == measure || !understanding.Listed.Contains(m))],
        Words = [.. understanding.Words.Where(w => !Lexicon.English.Find([new QuestionToken(w, TokenKind.Word, 0)], [false]).Any(h => h.Concept != measure && understanding.Listed.Contains(h.Concept)))],
        Listed = [],
    };

    private static bool Asks(Understanding understanding, string concept) => concept switch
    {
        "ratio" => understanding.Asks(concept) || understanding.Threshold is { IsPercent: true },
        "horizon" => understanding.Horizon is not null,
        "which" => understanding.Wishes.Contains("which"),
        "host" => understanding.Asks(concept) || understanding.Entities.Any(e => e is { Known: true, Kind: "host" }),
        _ => understanding.Asks(concept),
    };

    /// <summary>Response times without a word on how are best told by a percentile; a mean hides the slow ones.</summary>
    public static bool WantsQuantile(Understanding understanding) =>
        understanding.Statistic is Statistic.Quantile || (understanding.Statistic is Statistic.Maximum or Statistic.None && understanding.Measures.Contains("latency"));

    /// <summary>How many words of the question the measure accounts for.</summary>
    private static double Explained(BoundMeasure measure, Understanding understanding)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in measure.Fill.Names.Values)
        {
            NameTokens.OfName(name, names, static (part, to) => to.Add(NameTokens.Stem(part)));
        }

        var concepts = measure.Template.Needs.SelectMany(n => n).Concat(measure.Template.Helps).Append(measure.Template.Subject).ToHashSet();
        var score = 0.0;
        foreach (var word in understanding.Words)
        {
            var stem = WordStem.Of(word);
            var direct = names.Contains(stem) || ValueFilters.Explains(measure.Primary, word);
            var meant = !direct && (Lexicon.English.Find([new QuestionToken(word, TokenKind.Word, 0)], [false]).Any(h => concepts.Contains(h.Concept)) || Lexicon.English.Alternatives(stem).Any(names.Contains) || Lexicon.English.PartOf(stem).Any(c => concepts.Contains(c) && understanding.Asks(c)));
            score += direct ? 1 : meant ? 0.95 : 0;
        }

        return score - (0.02 * names.Count);
    }

    private static bool Specific(BoundMeasure measure, Understanding understanding) =>
        measure.Template.Needs.Count > 1 && understanding.Measures.All(m => measure.Template.Needs.Any(n => n.Contains(m)) || measure.Template.Helps.Contains(m)) && measure.Score > 5;

    private static string Concepts(MeasureTemplate template, Understanding understanding) =>
        string.Join(" and ", template.Needs.Select(n => n.FirstOrDefault(c => Asks(understanding, c)) ?? n[0]));
}
