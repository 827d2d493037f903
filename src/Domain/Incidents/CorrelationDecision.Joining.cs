using Nightwatch.Domain.Alerts;

namespace Nightwatch.Domain.Incidents;

/// <summary>Which incident an alert joins, and why in words: the one it was in before, one that it is related to, or one of its own.</summary>
internal sealed partial class CorrelationDecision
{
    private (string IncidentId, string Because)? JoinPrevious(EpisodeInput input)
    {
        var previousId = placed.GetValueOrDefault(input.Episode.Fingerprint) ?? input.PreviousIncidentId;
        if (previousId is null || FindOrReadmit(previousId) is not { } incident || WhyAgain(input, incident) is not { } because)
        {
            return null;
        }

        Put(incident);
        return (incident.Id, because);
    }

    private string? WhyAgain(EpisodeInput input, WindowIncident incident)
    {
        if (incident.ResolvedAt is not { } resolvedAt)
        {
            return "The same alert fired before in this open incident.";
        }

        var since = input.Episode.StartsAt - resolvedAt;
        if (since <= options.CoolDown)
        {
            return "The same alert fired again shortly after this incident resolved.";
        }

        return input.Flapping && since <= options.FlappingWindow ? "The same alert is flapping; it fired in this incident before." : null;
    }

    private (string IncidentId, string Because)? JoinRelated(Undecided one)
    {
        (string IncidentId, string Because)? best = null;
        var bestScore = Affinity.Enough;
        foreach (var (other, id) in known.Find(one.Facet))
        {
            var incident = incidents[id];
            if (incident.ResolvedAt is { } resolvedAt && one.Input.Episode.StartsAt > resolvedAt)
            {
                continue;
            }

            var (score, because) = Affinity.Between(one.Facet, other, IsCrowded(one.Facet, other, incident), options.Window);
            if (score > bestScore || (best is null && score == bestScore))
            {
                (best, bestScore) = ((id, Sentence(because, other)), score);
            }

            if (bestScore >= Affinity.SharedSubject)
            {
                break;
            }
        }

        return best;
    }

    private (string IncidentId, string Because)? Open(EpisodeInput input)
    {
        var episode = input.Episode;
        if (!episode.SeenFiring && episode.Status == AlertStatus.Resolved)
        {
            stamps[episode.Id] = new EpisodeStamp(
                episode.Id, null, "It was over when it was first heard of, and belongs to no incident.", episode.Status, before.Revision);
            return null;
        }

        var incident = Fresh("inc-" + episode.Id, input);
        Put(incident);
        opened.Add(incident.Id);
        return (incident.Id, "First alert of the incident.");
    }

    /// <summary>Those that belong to the one that was just placed come along, and those that belong to them.</summary>
    private void Spread(Undecided from, string incidentId, FacetIndex<Undecided> waiting)
    {
        var frontier = new Queue<AlertFacet>([from.Facet]);
        while (frontier.TryDequeue(out var facet))
        {
            foreach (var (_, other) in waiting.Find(facet))
            {
                if (other.IsPlaced
                    || other.Input.PreviousIncidentId is not null
                    || (!other.Input.Episode.SeenFiring && other.Input.Episode.Status == AlertStatus.Resolved))
                {
                    continue;
                }

                var (score, because) = Affinity.Between(other.Facet, facet, IsCrowded(other.Facet, facet, incidents[incidentId]), options.Window);
                if (score >= Affinity.Enough)
                {
                    Admit(other, incidentId, Sentence(because, facet));
                    frontier.Enqueue(other.Facet);
                }
            }
        }
    }

    private static string Sentence(string because, AlertFacet other) => $"{char.ToUpperInvariant(because[0])}{because[1..]} as {other.Name}, close in time.";

    private bool IsCrowded(AlertFacet facet, AlertFacet other, WindowIncident incident) =>
        facet.Namespace is { } name && name == other.Namespace
        && (options.SharedNamespaces.Contains(name)
            || incident.Facets.Where(f => f.Namespace == name).SelectMany(f => f.Services).Distinct().Skip(options.CrowdedNamespaceServices).Any());
}
