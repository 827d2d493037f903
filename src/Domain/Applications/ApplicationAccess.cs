using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Applications;

/// <summary>Who may see and write which profile.</summary>
public static class ApplicationAccess
{
    public static bool MayRead(Caller caller, ApplicationProfile profile) => caller.May(Permission.ReadMetrics, TargetsOf(profile));

    public static bool MayWrite(Caller caller, ApplicationProfile profile) => caller.May(Permission.ManageDatasources, TargetsOf(profile));

    /// <summary>
    /// What a caller whose right is limited tries to put into a profile beyond it: labels of another application, or a query, which cannot be confined.
    /// What stands in the profile already may stay.
    /// </summary>
    public static IReadOnlyList<ApplicationProblem> Beyond(Caller caller, ApplicationProfile profile, ApplicationProfile? stored)
    {
        if (caller.MayEverywhere(Permission.ManageDatasources))
        {
            return [];
        }

        var problems = new ApplicationProblems();
        var known = stored is null ? [] : Queries(stored).Select(q => q.Query).ToHashSet(StringComparer.Ordinal);
        foreach (var (field, _) in Queries(profile).Where(q => !known.Contains(q.Query)))
        {
            problems.Add(field, "A query cannot be confined to what you may manage; leave it out, or ask somebody who may manage everything.");
        }

        // Whoever is limited reads by these labels (Queries/History): none may reach past what the writer may manage.
        var mappings = stored is null ? [] : Mappings(stored).Select(m => Key(m.Labels)).ToHashSet(StringComparer.Ordinal);
        foreach (var (field, labels) in Mappings(profile).Where(m => m.Labels.Count > 0 && !mappings.Contains(Key(m.Labels))))
        {
            var target = AccessTarget.Of(labels, null);
            var isOwn = target.Application is { } named && (named == profile.Id || caller.May(Permission.ManageDatasources, TargetsOf(profile with { Id = named })));
            if (!isOwn)
            {
                problems.Add(field, target.Application is null
                    ? $"These labels must name the application ({string.Join(", ", AccessTarget.ApplicationLabels)}), since your right is limited to some."
                    : "These labels name an application that is not among those you may manage.");
            }
            else if (field.StartsWith("environments", StringComparison.Ordinal) && !caller.May(Permission.ManageDatasources, new AccessTarget(target.Application, target.Environment, null)) && IsLimitedToEnvironments(caller))
            {
                problems.Add(field, "These labels name no environment that is among those you may manage.");
            }
        }

        return problems.Found;
    }

    private static bool IsLimitedToEnvironments(Caller caller) => caller.Scopes(Permission.ManageDatasources).All(s => s.Environments.Count > 0);

    private static string Key(IReadOnlyDictionary<string, string> labels) =>
        string.Join('\u0001', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}\u0002{l.Value}"));

    /// <summary>One for each environment and source that it names: it is about all of them.</summary>
    private static List<AccessTarget> TargetsOf(ApplicationProfile profile)
    {
        var environments = profile.Environments.Select(e => (string?)e.Name).DefaultIfEmpty(null).ToList();
        var sources = DatasourcesOf(profile);
        return [.. environments.SelectMany(e => sources.Select(s => new AccessTarget(profile.Id, e, s)))];
    }

    private static List<string?> DatasourcesOf(ApplicationProfile profile) =>
    [
        .. profile.Components.SelectMany(c => new[] { c.Metrics, c.Logs }).Prepend(profile.Logs).Prepend(profile.Metrics)
            .Select(m => m.Datasource).OfType<string>().Distinct(StringComparer.Ordinal).Cast<string?>().DefaultIfEmpty(null),
    ];

    private static IEnumerable<(string Field, string Query)> Queries(ApplicationProfile profile) => profile.DefaultMetrics
        .Select((m, i) => ($"defaultMetrics[{i}].query", (string?)m.Query))
        .Concat(profile.Slos.SelectMany((s, i) => new[] { ($"slos[{i}].good", s.Good), ($"slos[{i}].total", s.Total), ($"slos[{i}].query", s.Query) }))
        .Where(q => q.Item2 is not null).Select(q => (q.Item1, q.Item2!));

    /// <summary>The labels as they count: the application's, with the component's on top. Those of environments count with the application's.</summary>
    private static IEnumerable<(string Field, IReadOnlyDictionary<string, string> Labels)> Mappings(ApplicationProfile profile) =>
    [
        ("metrics.labels", profile.Metrics.Labels),
        ("logs.labels", profile.Logs.Labels),
        // Without labels of the application itself those of an environment lead nowhere.
        .. new[] { profile.Metrics, profile.Logs }.Where(m => m.Labels.Count > 0)
            .SelectMany(m => profile.Environments.Select((e, i) => ($"environments[{i}].labels", (IReadOnlyDictionary<string, string>)Merge(m.Labels, e.Labels)))),
        .. profile.Components.Select((c, i) => ($"components[{i}].metrics.labels", Merge(profile.Metrics.Labels, c.Metrics.Labels))),
        .. profile.Components.Select((c, i) => ($"components[{i}].logs.labels", Merge(profile.Logs.Labels, c.Logs.Labels))),
    ];

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> outer, IReadOnlyDictionary<string, string> inner)
    {
        var merged = new Dictionary<string, string>(outer, StringComparer.Ordinal);
        foreach (var (name, value) in inner)
        {
            merged[name] = value;
        }

        return merged;
    }
}
