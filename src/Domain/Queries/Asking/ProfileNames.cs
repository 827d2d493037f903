using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Translation;

namespace Nightwatch.Domain.Queries.Asking;

/// <summary>The names that people use for what is theirs, from the application profiles that the caller may see.</summary>
public sealed class ProfileNames(ApplicationProfiles profiles)
{
    /// <summary>Profiles that are looked at; further ones are not known by name.</summary>
    public const int MaxProfiles = 500;

    public async Task<IReadOnlyList<ApplicationProfile>> ProfilesAsync(Caller caller, CancellationToken cancellationToken)
    {
        var found = new List<ApplicationProfile>();
        string? token = null;
        do
        {
            var page = await profiles.ListAsync(caller, MaxProfiles, token, cancellationToken).ConfigureAwait(false);
            found.AddRange(page.Items);
            token = page.ContinuationToken;
        }
        while (token is not null && found.Count < MaxProfiles);

        return found;
    }

    /// <summary>The profiles as names: the application's own, those of its components, and environments that mean the same labels everywhere.</summary>
    public static IReadOnlyList<KnownName> Of(IReadOnlyList<ApplicationProfile> profiles) =>
    [
        .. profiles.SelectMany(Applications),
        .. profiles.SelectMany(p => p.Components.Select(c => Component(p, c))).DistinctBy(c => LabelNames.KeyOf(c.Name)),
        .. profiles.SelectMany(p => p.Environments).GroupBy(e => LabelNames.KeyOf(e.Name), StringComparer.Ordinal)
            .Where(g => g.Skip(1).All(e => Same(e.Labels, g.First().Labels)) && g.First().Labels.Count > 0)
            .Select(g => new KnownName("environment", g.First().Name, g.First().Labels, g.First().Labels)),
    ];

    /// <summary>The source that the profile of an application that the question names wants; null when none does.</summary>
    public static string? SourceFor(string question, IReadOnlyList<ApplicationProfile> profiles, Func<ApplicationProfile, string?> source)
    {
        var words = question.Split([' ', ',', '?', '!', '\'', '"', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(w => LabelNames.KeyOf(w)).Where(k => k.Length > 1).ToHashSet(StringComparer.Ordinal);
        return profiles.Where(p => words.Contains(LabelNames.KeyOf(p.Id)) || words.Contains(LabelNames.KeyOf(p.Name))).Select(source).FirstOrDefault(s => s is not null);
    }

    private static IEnumerable<KnownName> Applications(ApplicationProfile profile)
    {
        var named = new KnownName("application", profile.Name.Length > 0 ? profile.Name : profile.Id, profile.Metrics.Labels, profile.Logs.Labels)
        {
            AvailabilityTarget = TargetOf(profile, null),
            LatencyTargetSeconds = LatencyOf(profile, null),
        };
        return LabelNames.KeyOf(profile.Id) == LabelNames.KeyOf(named.Name) ? [named] : [named, named with { Name = profile.Id }];
    }

    private static KnownName Component(ApplicationProfile profile, ApplicationComponent component) => new(
        "service",
        component.Name,
        component.Metrics.Labels.Count == 0 ? SourceMapping.NoLabels : Merge(profile.Metrics.Labels, component.Metrics.Labels),
        component.Logs.Labels.Count == 0 ? SourceMapping.NoLabels : Merge(profile.Logs.Labels, component.Logs.Labels))
    {
        AvailabilityTarget = TargetOf(profile, component.Name) ?? TargetOf(profile, null),
        LatencyTargetSeconds = LatencyOf(profile, component.Name) ?? LatencyOf(profile, null),
    };

    private static double? TargetOf(ApplicationProfile profile, string? component) => profile.Slos.Where(s => s.Component == component).Select(s => s.Kind switch
    {
        SloKind.Availability => s.Objective / 100,
        SloKind.ErrorRate => 1 - (s.Objective / 100),
        _ => (double?)null,
    }).FirstOrDefault(t => t is not null);

    private static double? LatencyOf(ApplicationProfile profile, string? component) =>
        profile.Slos.FirstOrDefault(s => s.Component == component && s.Kind == SloKind.LatencyP95)?.ThresholdSeconds;

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> outer, IReadOnlyDictionary<string, string> inner) =>
        outer.Where(o => !inner.ContainsKey(o.Key)).Concat(inner).ToDictionary(l => l.Key, l => l.Value, StringComparer.Ordinal);

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(l => other.TryGetValue(l.Key, out var value) && value == l.Value);
}
