using Nightwatch.Domain.Queries.Translation.Language;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>What is asked back: names that nobody knows, and names that several things have.</summary>
internal static class Ambiguities
{
    private const int MostChoices = 6;

    /// <summary>A name that was clearly meant as one and that no source has is not guessed.</summary>
    public static Translation? Unknown(Understanding understanding, TranslationContext context)
    {
        var logs = understanding.Intent is QuestionIntent.Logs or QuestionIntent.Events;
        var unknown = understanding.Entities.FirstOrDefault(e => !e.Known && e.Kind != "name");
        if (unknown is null || logs || context.Metrics.Names.Labels.Count == 0 || !EntityKinds.LabelsOf(unknown.Kind).Any(context.Metrics.Names.Labels.Contains))
        {
            return null;
        }

        var choices = Suggestions(understanding, context);
        return new Translation { Understanding = understanding, Choices = choices, Remark = $"No source knows a {unknown.Kind} called '{unknown.Text[..Math.Min(60, unknown.Text.Length)]}'." };
    }

    /// <summary>Names that are there, in place of one that is not.</summary>
    public static IReadOnlyList<Choice> Suggestions(Understanding understanding, TranslationContext context)
    {
        if (understanding.Entities.FirstOrDefault(e => !e.Known) is not { } unknown)
        {
            return [];
        }

        var labels = EntityKinds.LabelsOf(unknown.Kind);
        var like = context.Metrics.Names.Like(unknown.Text, 50).Where(p => labels.Contains(p.Label)).Select(p => p.Value).ToList();
        var label = labels.FirstOrDefault(context.Metrics.Names.Labels.Contains);
        var all = like.Count > 0 || label is null ? like : [.. context.Metrics.Entries.SelectMany(e => e.Values(label)).Distinct().Order(StringComparer.Ordinal)];
        return [.. all.Distinct().Take(MostChoices).Select(v => new Choice(v, Replaced(understanding.Question, unknown.Text, v)))];
    }

    /// <summary>The beginning of several names: which one was meant.</summary>
    public static IReadOnlyList<Choice> Alternatives(Understanding understanding, TranslationContext context)
    {
        var vague = understanding.Entities.FirstOrDefault(e => e.Corrected && e.Text == e.Value);
        if (vague is null)
        {
            return [];
        }

        var values = context.Metrics.Names.Like(vague.Text, 50).Where(p => p.Label is "service" or "app" or "application" or "job" or "namespace" or "deployment").Select(p => p.Value).Distinct().Take(MostChoices).ToList();
        return values.Count < 2 ? [] : [.. values.Select(v => new Choice(v, Replaced(understanding.Question, vague.Text, v)))];
    }

    private static string Replaced(string question, string text, string value) => question.Replace(text, value, StringComparison.Ordinal);
}
