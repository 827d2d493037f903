using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations;

/// <summary>
/// What of an investigation a caller may see. Nightwatch asks with a view of everything; a caller who has less gets the questions that they could have
/// asked themselves about the incident's own application, and of the conclusion only what rests on those alone.
/// </summary>
public sealed class InvestigationAccess(IToolCatalog tools)
{
    /// <summary>Tools that answer about what their arguments name, and nothing else; what others answer spans applications.</summary>
    private static readonly HashSet<string> Confined = new(StringComparer.Ordinal) { "query_metrics", "query_metrics_range", "query_logs", "get_alert_rule" };

    private readonly Dictionary<string, Permission> permissions = tools.Tools.ToDictionary(t => t.Name, t => t.Permission, StringComparer.Ordinal);

    /// <summary>The investigation as the caller may see it, without its evidence; null when its incident is not theirs to see.</summary>
    public Investigation? Show(Investigation investigation, Incident? incident, Caller caller)
    {
        if (!caller.May(Permission.ReadIncidents, incident?.Targets))
        {
            return null;
        }

        if (caller.ReadsEverything)
        {
            return investigation;
        }

        var steps = investigation.Steps.Where(s => IsOpen(s, investigation, caller)).ToList();
        var ids = steps.Select(s => Evidence.IdOf(investigation.Id, s.Id)).ToHashSet(StringComparer.Ordinal);
        return investigation with
        {
            Steps = steps,
            NotAsked = [],
            Outcome = null,
            Subject = investigation.Subject is { } subject ? subject with { AlertedServices = [] } : null,
            Conclusion = investigation.Conclusion is { } conclusion ? Reduce(conclusion, ids, c => May(Permission.ReadIncidents, c, investigation, caller)) : null,
        };
    }

    /// <summary>
    /// The investigation and its answers without those that speak of what the caller may not see, and without the hypotheses that rest on one of them.
    /// </summary>
    /// <param name="answers">All answers to the steps of the investigation as <see cref="Show"/> gave it.</param>
    public (Investigation Investigation, IReadOnlyList<Evidence> Answers) Withhold(Investigation investigation, IReadOnlyList<Evidence> answers, Caller caller)
    {
        var open = answers.Where(a => IsOpen(a, caller)).ToList();
        return open.Count == answers.Count || investigation.Conclusion is not { } conclusion
            ? (investigation, open)
            : (investigation with { Conclusion = Reduce(conclusion, open.Select(a => a.Id).ToHashSet(StringComparer.Ordinal), _ => true) }, open);
    }

    /// <summary>False for an answer that speaks of an application or environment outside of the caller's scope.</summary>
    internal bool IsOpen(Evidence evidence, Caller caller) =>
        caller.ReadsEverything
        || (permissions.TryGetValue(evidence.Tool, out var permission)
            && evidence.Facts.Select(f => f.Labels).Concat(evidence.Items.Select(i => i.Labels)).OfType<IReadOnlyDictionary<string, string>>()
                .Select(labels => AccessTarget.Of(labels, null))
                .All(target => target is { Application: null, Environment: null } || caller.Scopes(permission).Any(s => IsInside(s, target))));

    private bool IsOpen(EvidenceStep step, Investigation investigation, Caller caller) =>
        permissions.TryGetValue(step.Tool, out var permission)
        && (caller.MayEverywhere(permission) || (Confined.Contains(step.Tool) && May(permission, step.Component, investigation, caller)));

    private static bool May(Permission permission, string? component, Investigation investigation, Caller caller)
    {
        var own = AccessTarget.Of(investigation.Subject?.Labels ?? new Dictionary<string, string>(), null);
        return caller.May(permission, component is null || component == investigation.Subject?.Service ? own : own with { Application = component });
    }

    /// <summary>A label that is not there says nothing against.</summary>
    private static bool IsInside(Scope scope, AccessTarget target) =>
        (target.Application is null || scope.Applications.Count == 0 || scope.Applications.Contains(target.Application, StringComparer.Ordinal))
        && (target.Environment is null || scope.Environments.Count == 0 || scope.Environments.Contains(target.Environment, StringComparer.Ordinal));

    private static Conclusion Reduce(Conclusion conclusion, HashSet<string> open, Func<string, bool> mayComponent)
    {
        var hypotheses = conclusion.Hypotheses
            .Where(h => mayComponent(h.Component) && h.For.Concat(h.Against).All(p => open.Contains(p.EvidenceId)))
            .ToList();
        return conclusion with
        {
            Summary = hypotheses.Count > 0 ? hypotheses[0].Statement : "Nothing that you may see explains it.",
            Narrative = null,
            Hypotheses = hypotheses,
            NotChecked = [],
            NextSteps = [],
        };
    }
}
