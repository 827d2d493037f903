using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Incidents;

/// <summary>What of an incident a caller may see. It is seen whole or not at all: nobody learns of an alert outside of their scope through a title or a count.</summary>
public static class IncidentAccess
{
    public const int MaxTargets = 64;

    /// <summary>The incident as the caller may see it; null when it concerns anything that the caller may not see.</summary>
    public static Incident? Show(Incident incident, Caller caller) =>
        !caller.May(Permission.ReadIncidents, incident.Targets) ? null
        : caller.ReadsEverything ? incident
        // The line was written from evidence of every kind and every component.
        : incident with { Conclusion = null };

    /// <summary>The targets when one more alert joins.</summary>
    internal static IReadOnlyList<AccessTarget>? With(IReadOnlyList<AccessTarget>? targets, AlertEpisode episode)
    {
        if (targets is null)
        {
            return null;
        }

        var target = EpisodeAccess.TargetOf(episode);
        return targets.Contains(target) ? targets
            : targets.Count < MaxTargets ? [.. targets, target]
            : null;
    }
}
