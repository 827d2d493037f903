using Nightwatch.Domain.Alerts;

namespace Nightwatch.Domain.Incidents;

/// <summary>How an incident's counts, its state and its wish for an investigation follow from its episodes.</summary>
internal sealed partial class CorrelationDecision
{
    /// <summary>An episode that belongs to an incident already: only its status, its suppression or the rules may have changed.</summary>
    private void Recount(EpisodeInput input, string incidentId)
    {
        var episode = input.Episode;
        var waiting = pending.GetValueOrDefault(episode.Id);
        var counted = waiting?.CountedAs ?? episode.CountedAs;
        var because = waiting?.JoinedBecause ?? episode.JoinedBecause ?? "";
        var current = FindOrReadmit(incidentId) ?? Fresh(incidentId, input);
        var next = Absorb(current, input);
        if (counted != episode.Status)
        {
            next = Count(next, counted, episode);
        }

        if (next == current)
        {
            var decidedAt = waiting?.Revision ?? Math.Max(episode.CorrelationRevision, 0);
            stamps[episode.Id] = new EpisodeStamp(episode.Id, incidentId, because, episode.Status, decidedAt);
            return;
        }

        Put(next);
        Decided(episode, incidentId, because);
    }

    /// <summary>Suppression and rules of a firing episode, taken into its incident; once investigated for, always.</summary>
    private static WindowIncident Absorb(WindowIncident incident, EpisodeInput input)
    {
        if (input.Suppression is not null)
        {
            return incident;
        }

        var isUnsuppressed = incident.SuppressedBecause is null ? incident : incident with { SuppressedBecause = null };
        var decision = input.Analysis;
        if (!input.Episode.SeenFiring || !decision.Investigate || (incident.WantsInvestigation && incident.Analysis?.Depth >= decision.Depth))
        {
            return isUnsuppressed;
        }

        return isUnsuppressed with { WantsInvestigation = true, Analysis = decision };
    }

    private static WindowIncident Count(WindowIncident incident, AlertStatus? counted, AlertEpisode episode)
    {
        var firing = incident.FiringEpisodes + (episode.Status == AlertStatus.Firing ? 1 : 0) - (counted == AlertStatus.Firing ? 1 : 0);
        if (firing > 0)
        {
            return incident.ResolvedAt is null ? incident with { FiringEpisodes = firing } : Reopen(incident, episode) with { FiringEpisodes = firing };
        }

        var end = episode.EndsAt ?? episode.ChangedAt;
        return incident with { FiringEpisodes = 0, ResolvedAt = incident.ResolvedAt > end ? incident.ResolvedAt : end };
    }

    /// <summary>What came back need not be what began it: the title says what fires now.</summary>
    private static WindowIncident Reopen(WindowIncident incident, AlertEpisode episode) =>
        incident with { Title = IncidentText.Title(episode), Reopened = incident.Reopened + 1, ResolvedAt = null };
}
