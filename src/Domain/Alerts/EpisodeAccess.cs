using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Alerts;

/// <summary>What of an alert a caller may see.</summary>
public static class EpisodeAccess
{
    public static AccessTarget TargetOf(AlertEpisode episode) => AccessTarget.Of(episode.Labels, episode.Source);

    /// <summary>The episode as the caller may see it; null when it is outside of the caller's scope.</summary>
    public static AlertEpisode? Show(AlertEpisode episode, Caller caller) =>
        caller.MayEverywhere(Permission.ReadAlerts) && caller.MayEverywhere(Permission.ReadIncidents) ? episode
        : !caller.May(Permission.ReadAlerts, TargetOf(episode)) ? null
        // Its incident may hold alerts that the caller must not know of; the reason for joining names one.
        : episode with { IncidentId = null, JoinedBecause = null };
}
