using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Domain.Queries.Translation.Language;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>Turns the names of a question into stream matchers, and those that no label holds into text to look for.</summary>
internal static class LogScope
{
    private static readonly string[] Apps = ["application", "app", "service_name", "service", "app_kubernetes_io_name", "job", "container", "compose_service", "filename"];
    private static readonly string[] Hosts = ["hostname", "host", "node", "node_name", "nodename", "instance"];
    private static readonly string[] LevelLabels = ["level", "detected_level", "severity", "log_level", "loglevel"];

    public static string? LevelLabel(LogCatalogue logs) => Array.Find(LevelLabels, logs.Has);

    /// <summary>The stream label that a word for a breakdown means; null when there is none.</summary>
    public static string? LabelOf(string word, LogCatalogue logs) =>
        word.Contains("level", StringComparison.Ordinal) || word is "severity" ? LevelLabel(logs)
            : logs.Has(word) && PromQlWriter.IsLabel(word) ? word
            : EntityKinds.OfWord(new QuestionToken(word.Split(' ')[0], TokenKind.Word, 0)) is { } kind ? LabelsOf(kind).FirstOrDefault(l => logs.Has(l) && PromQlWriter.IsLabel(l)) : null;

    public static (List<MatcherSyntax> Matchers, List<string> Texts) Of(Understanding understanding, TranslationContext context)
    {
        var matchers = new List<MatcherSyntax>();
        var texts = new List<string>();
        foreach (var entity in understanding.Entities)
        {
            var found = Matchers(entity, context);
            if (found.Count == 0)
            {
                texts.Add(entity.Text);
            }

            matchers.AddRange(found.Where(m => PromQlWriter.IsLabel(m.Label) && !matchers.Contains(m)));
        }

        matchers = Merge(matchers);
        if (matchers.Count == 0)
        {
            matchers.Add(new MatcherSyntax(Array.Find(Apps, context.Logs.Has) ?? context.Logs.Labels.FirstOrDefault(PromQlWriter.IsLabel) ?? "app", MatchOperator.RegexMatch, ".+"));
        }

        return (matchers, texts);
    }

    /// <summary>The level as this source writes it.</summary>
    public static MatcherSyntax? Level(string level, LogCatalogue logs)
    {
        if (LevelLabel(logs) is not { } label)
        {
            return null;
        }

        string[] names = level switch { "error" => ["error", "err", "fatal", "critical"], "warn" => ["warn", "warning"], "fatal" => ["fatal", "critical", "crit", "emerg"], _ => [level] };
        var values = logs.Values(label).Where(v => names.Contains(v, StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToList();
        return values.Count switch
        {
            0 => new MatcherSyntax(label, MatchOperator.Equal, level),
            1 => new MatcherSyntax(label, MatchOperator.Equal, values[0]),
            _ => new MatcherSyntax(label, MatchOperator.RegexMatch, string.Join('|', values.Select(Re2Text.Escape))),
        };
    }

    private static List<MatcherSyntax> Matchers(NamedEntity entity, TranslationContext context)
    {
        var profile = context.Names.FirstOrDefault(n => n.Name == entity.Value && n.LogMatchers.Count > 0);
        if (profile is not null)
        {
            return [.. profile.LogMatchers.Select(m => new MatcherSyntax(m.Key, MatchOperator.Equal, m.Value))];
        }

        var labels = LabelsOf(entity.Kind);
        foreach (var name in EntityKinds.AliasesOf(entity.Text))
        {
            var places = context.Logs.Names.Find(name);
            if (places.Count > 0)
            {
                var (label, value) = places.OrderBy(p => labels.Contains(p.Label) ? Array.IndexOf(labels, p.Label) : 99).First();
                return [new MatcherSyntax(label, MatchOperator.Equal, value)];
            }
        }

        var near = context.Logs.Names.Like(entity.Text, 5).Where(p => p.Label is "pod" or "container" or "filename" && p.Value.StartsWith(entity.Text, StringComparison.OrdinalIgnoreCase)).ToList();
        if (near.Count > 0)
        {
            return [new MatcherSyntax(near[0].Label, MatchOperator.RegexMatch, Re2Text.Escape(entity.Text) + ".*")];
        }

        var label2 = Array.Find(labels, context.Logs.Has) ?? (context.Logs.Labels.Any() || labels.Length == 0 ? null : labels[0]);
        return label2 is null || entity.Kind == "host" && !context.Logs.Has(label2) || LooksInside(entity) ? [] : [new MatcherSyntax(label2, MatchOperator.Equal, entity.Value)];
    }

    // An address, or the name of a node that no label has: it stands in the lines.
    private static bool LooksInside(NamedEntity entity) => entity.Kind is "host" or "database" or "disk" or "network" or "queue" or "job" && !entity.Known && entity.Text.Contains('.', StringComparison.Ordinal);

    private static string[] LabelsOf(string kind) => kind switch
    {
        "service" or "app" or "name" or "database" => Apps,
        "host" => Hosts,
        "environment" => ["environment", "env", "stage", "cluster", "namespace"],
        _ => [.. EntityKinds.LabelsOf(kind)],
    };

    private static List<MatcherSyntax> Merge(List<MatcherSyntax> matchers) =>
        [.. matchers.GroupBy(m => m.Label).Select(g => g.Count() == 1 ? g.First() : new MatcherSyntax(g.Key, MatchOperator.RegexMatch, string.Join('|', g.Select(m => m.IsRegex ? m.Value : Re2Text.Escape(m.Value)))))];
}
