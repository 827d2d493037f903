using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Queries.History;

/// <summary>
/// Finds what a caller may read of an application. One who may query the source as a whole runs the profile's queries as they stand. Anybody else is held to the
/// labels of the profile: they are forced into every selector, and where there are none nothing is read.
/// </summary>
internal sealed class FindReach(ApplicationProfiles profiles, IDatasources sources, QueryPolicies policies)
{
    /// <returns>The reach, or the result that says why there is none.</returns>
    public async ValueTask<(ApplicationReach<T>? Reach, ToolResult? Failure)> FindAsync<T>(
        Caller caller, Permission permission, ApplicationQuestion question, CancellationToken cancellationToken)
        where T : class, IDatasource
    {
        var isMetrics = typeof(T) == typeof(IMetricSource);
        var all = await sources.ListAsync<T>(caller.Tenant, cancellationToken).ConfigureAwait(false);
        if (await profiles.FindAsync(caller.Tenant, question.Application, cancellationToken).ConfigureAwait(false) is not { } profile
            || !IsKnownTo(caller, permission, profile))
        {
            return (null, NotFound(question.Application));
        }

        var environment = profile.Environments.FirstOrDefault(e => string.Equals(e.Name, question.Environment, StringComparison.OrdinalIgnoreCase));
        var component = profile.Components.FirstOrDefault(c => string.Equals(c.Name, question.Component, StringComparison.OrdinalIgnoreCase));
        if (WrongPart(caller, permission, profile, question, environment, component) is { } wrong)
        {
            return (null, wrong);
        }

        if (all.Count == 0)
        {
            return (null, Outcome.Error($"No source of {(isMetrics ? "metrics" : "logs")} is configured.") with { Fault = new ToolFault(ToolFaultKind.NoSource, "source") });
        }

        var (own, part) = isMetrics ? (profile.Metrics, component?.Metrics) : (profile.Logs, component?.Logs);
        var open = all.Where(s => caller.MayQuery(permission, s.Name) || caller.May(permission, new AccessTarget(profile.Id, environment?.Name, s.Name))).ToList();
        var wanted = question.Source ?? part?.Datasource ?? own.Datasource;
        var source = wanted is null ? open.FirstOrDefault() : open.Find(s => string.Equals(s.Name, wanted, StringComparison.OrdinalIgnoreCase));
        return source is null
            ? (null, NoSource(wanted, open, isMetrics))
            : Confine(caller, permission, new ApplicationReach<T>(profile, environment?.Name, component, source, Labels(own, environment, part), policies.For(caller.Tenant)), own, environment, part);
    }

    private static (ApplicationReach<T>?, ToolResult?) Confine<T>(
        Caller caller, Permission permission, ApplicationReach<T> reach, SourceMapping own, ApplicationEnvironment? environment, SourceMapping? part)
        where T : class, IDatasource
    {
        if (caller.MayQuery(permission, reach.Source.Name))
        {
            // What was asked for beside the application narrows the profile's own queries too.
            return (reach with { Policy = Forced(reach.Policy, Labels(SourceMapping.None, environment, part)) }, null);
        }

        var isTold = own.Labels.Count > 0 || part?.Labels.Count > 0;
        var isPlaced = environment?.Labels.Count > 0 || caller.May(permission, new AccessTarget(reach.Profile.Id, null, reach.Source.Name));
        return isTold && isPlaced
            ? (reach with { Policy = Forced(reach.Policy, reach.Labels) }, null)
            : (null, Outcome.Error(
                $"Your access is limited, and the profile of {reach.Profile.Id} has no labels for {(isTold ? $"the environment {environment?.Name}" : "it")} by which a query could be confined.") with
            { Fault = new ToolFault(ToolFaultKind.NotOpen) });
    }

    /// <summary>What is forced already stays; a label that is forced to something else leaves no value.</summary>
    private static QueryPolicy Forced(QueryPolicy policy, IReadOnlyDictionary<string, string> labels)
    {
        var forced = new Dictionary<string, IReadOnlyList<string>>(policy.ForcedLabels, StringComparer.Ordinal);
        foreach (var (label, value) in labels)
        {
            forced[label] = !forced.TryGetValue(label, out var before) || before.Contains(value) ? [value] : [];
        }

        return policy with { ForcedLabels = forced, ForcedLabelsBound = labels.Count > 0 };
    }

    /// <summary>Somebody who may read none of it is not told that it is there.</summary>
    private static bool IsKnownTo(Caller caller, Permission permission, ApplicationProfile profile) => caller.Scopes(permission).Any(s =>
        (s.Applications.Count == 0 || s.Applications.Contains(profile.Id, StringComparer.Ordinal))
        && (s.Environments.Count == 0 || profile.Environments.Any(e => s.Environments.Contains(e.Name, StringComparer.Ordinal))));

    private static ToolResult? WrongPart(
        Caller caller, Permission permission, ApplicationProfile profile, ApplicationQuestion question, ApplicationEnvironment? environment, ApplicationComponent? component)
    {
        var open = profile.Environments.Where(e => IsOpen(caller, permission, profile.Id, e.Name)).Select(e => e.Name).ToList();
        if (question.Environment is not null && (environment is null || !open.Contains(environment.Name)))
        {
            return Outcome.Wrong("environment", open.Count == 0 ? $"{profile.Id} has no environments." : $"{profile.Id} has no such environment for you; there are {string.Join(", ", open)}.");
        }

        if (question.Environment is null && !IsOpen(caller, permission, profile.Id, null))
        {
            return Outcome.Wrong("environment", $"Your access is limited to environments; name one of {string.Join(", ", open)}.");
        }

        return question.Component is null || component is not null ? null
            : Outcome.Wrong("component", $"{profile.Id} has no such component; there are {string.Join(", ", profile.Components.Take(50).Select(c => c.Name))}.");
    }

    private static bool IsOpen(Caller caller, Permission permission, string application, string? environment) => caller.Scopes(permission).Any(s =>
        (s.Applications.Count == 0 || s.Applications.Contains(application, StringComparer.Ordinal))
        && (s.Environments.Count == 0 || (environment is not null && s.Environments.Contains(environment, StringComparer.Ordinal))));

    private static Dictionary<string, string> Labels(SourceMapping own, ApplicationEnvironment? environment, SourceMapping? part)
    {
        var labels = new Dictionary<string, string>(own.Labels, StringComparer.Ordinal);
        foreach (var (label, value) in (environment?.Labels ?? SourceMapping.NoLabels).Concat(part?.Labels ?? SourceMapping.NoLabels))
        {
            labels[label] = value;
        }

        return labels;
    }

    private static ToolResult NoSource<T>(string? wanted, List<T> open, bool isMetrics)
        where T : IDatasource
    {
        var kind = isMetrics ? "metrics" : "logs";
        return open.Count == 0
            ? Outcome.Error($"No source of {kind} is open to you for this application.") with { Fault = new ToolFault(ToolFaultKind.NotOpen, "source") }
            : Outcome.Error($"There is no source of {kind} named {wanted}; there are {string.Join(", ", open.Select(s => s.Name))}.") with { Fault = new ToolFault(ToolFaultKind.NoSource, "source") };
    }

    private static ToolResult NotFound(string application) =>
        Outcome.Error($"There is no application {(ApplicationRules.IsId(application) ? application : "of that id")}.") with { Fault = new ToolFault(ToolFaultKind.NotFound) };
}
