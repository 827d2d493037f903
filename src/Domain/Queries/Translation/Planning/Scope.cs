using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Domain.Queries.Translation.Language;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>Turns the names of a question into matchers on one metric's labels.</summary>
internal static class Scope
{
    private static readonly string[] Prefixed = ["pod", "pod_name", "container", "instance", "node", "deployment", "job", "service", "name", "persistentvolumeclaim"];

    /// <returns>Null when the metric has no series of what is asked about.</returns>
    public static IReadOnlyList<MatcherSyntax>? Of(MetricEntry entry, Understanding understanding, TranslationContext context)
    {
        var matchers = new List<MatcherSyntax>();
        foreach (var same in understanding.Entities.GroupBy(e => e.Kind))
        {
            var each = new List<IReadOnlyList<MatcherSyntax>>();
            foreach (var entity in same)
            {
                if (One(entry, entity, context) is not { } one)
                {
                    return null;
                }

                each.Add(one);
            }

            matchers.AddRange(each.Count == 1 ? each[0] : Either(each));
        }

        return [.. matchers.Distinct()];
    }

    /// <summary>The label by which a metric knows the thing.</summary>
    public static string? LabelOf(MetricEntry entry, NamedEntity entity, TranslationContext context) => One(entry, entity, context) is { Length: > 0 } one ? one[0].Label : null;

    private static MatcherSyntax[]? One(MetricEntry entry, NamedEntity entity, TranslationContext context)
    {
        var profile = context.Names.FirstOrDefault(n => n.Name == entity.Value && n.MetricMatchers.Count > 0);
        if (profile is not null && profile.MetricMatchers.All(m => !entry.HasLabels || entry.Values(m.Key).Contains(m.Value)))
        {
            return [.. profile.MetricMatchers.Where(m => PromQlWriter.IsLabel(m.Key)).Select(m => new MatcherSyntax(m.Key, MatchOperator.Equal, m.Value))];
        }

        var labels = EntityKinds.LabelsOf(entity.Kind);
        if (entity.Kind == EntityKinds.Called)
        {
            return Exact(entry, labels, entity);
        }

        if (!entry.HasLabels)
        {
            // Nobody told what labels it has: the usual one for such a thing, or the one that has the value elsewhere.
            return [new MatcherSyntax(entity.Labels.FirstOrDefault(labels.Contains) ?? (entity.Labels.Count > 0 ? entity.Labels[0] : labels[0]), MatchOperator.Equal, entity.Value)];
        }

        return Exact(entry, labels, entity) ?? Prefix(entry, entity, labels) ?? Exact(entry, entity.Labels.Concat(EntityKinds.All), entity) ?? Prefix(entry, entity, Prefixed);
    }

    private static MatcherSyntax[]? Exact(MetricEntry entry, IEnumerable<string> labels, NamedEntity entity)
    {
        foreach (var label in labels.Where(PromQlWriter.IsLabel))
        {
            if (Exact(entry, label, entity) is { } value)
            {
                return [new MatcherSyntax(label, MatchOperator.Equal, value)];
            }
        }

        return null;
    }

    private static string? Exact(MetricEntry entry, string label, NamedEntity entity)
    {
        var values = entry.Values(label);
        foreach (var name in EntityKinds.AliasesOf(entity.Value))
        {
            if (values.Contains(name))
            {
                return name;
            }
        }

        var keys = EntityKinds.AliasesOf(entity.Value).Select(a => LabelNames.KeyOf(a)).ToList();
        return values.FirstOrDefault(v => keys.Contains(LabelNames.KeyOf(v)));
    }

    // Pods of "payment" are called payment-6d4f9-x2x8z, a host's targets db-1:9100.
    private static MatcherSyntax[]? Prefix(MetricEntry entry, NamedEntity entity, IReadOnlyList<string> labels)
    {
        foreach (var label in labels.Where(Prefixed.Contains))
        {
            var first = entry.Values(label).FirstOrDefault(v => v.Length > entity.Value.Length && v.StartsWith(entity.Value, StringComparison.OrdinalIgnoreCase) && !char.IsLetterOrDigit(v[entity.Value.Length]));
            if (first is not null)
            {
                return [new MatcherSyntax(label, MatchOperator.RegexMatch, Re2Text.Escape(first[..entity.Value.Length]) + "[-_.:].*")];
            }
        }

        return null;
    }

    private static IEnumerable<MatcherSyntax> Either(List<IReadOnlyList<MatcherSyntax>> each)
    {
        var same = each.All(m => m.Count == 1) && each.Select(m => m[0].Label).Distinct().Count() == 1;
        return same
            ? [new MatcherSyntax(each[0][0].Label, MatchOperator.RegexMatch, string.Join('|', each.Select(m => m[0].IsRegex ? m[0].Value : Re2Text.Escape(m[0].Value)).Distinct()))]
            : each.SelectMany(m => m);
    }
}
