namespace Nightwatch.Domain.Incidents;

/// <summary>Draws an incident's document from the correlation window, and the other way round for one that the window has forgotten.</summary>
internal static class IncidentProjection
{
    private const int MaxReinvestigations = 30;

    /// <summary>The document to write, or null when the stored one is as new. What the investigation wrote on it stays.</summary>
    public static Incident? Apply(string tenant, Incident? stored, WindowIncident source, DateTimeOffset now)
    {
        if (stored is not null && stored.Revision >= source.Revision)
        {
            return null;
        }

        var state = IsToBeInvestigatedAgain(stored, source) ? InvestigationState.Wanted : stored?.InvestigationState ?? InvestigationState.NotWanted;
        var isClaimed = state is InvestigationState.Claimed or InvestigationState.Concluded;
        var incident = stored ?? new Incident
        {
            Id = source.Id,
            Tenant = tenant,
            Status = IncidentStatus.Open,
            Title = source.Title,
            Severity = source.Severity,
            FirstEpisodeId = source.FirstEpisodeId,
            StartsAt = source.StartsAt,
            UpdatedAt = now,
            Episodes = 0,
            FiringEpisodes = 0,
            CommonLabels = source.CommonLabels,
            InvestigationState = state,
        };
        return incident with
        {
            Status = source.ResolvedAt is null ? IncidentStatus.Open : IncidentStatus.Resolved,
            Title = source.Title,
            Severity = source.Severity,
            StartsAt = source.StartsAt,
            UpdatedAt = now,
            ResolvedAt = source.ResolvedAt,
            Episodes = source.Episodes,
            FiringEpisodes = source.FiringEpisodes,
            Reopened = source.Reopened,
            CommonLabels = source.CommonLabels,
            Targets = source.Targets,
            SuppressedBecause = source.SuppressedBecause,
            Analysis = isClaimed ? incident.Analysis : source.Analysis,
            InvestigationState = isClaimed ? state : source.WantsInvestigation ? InvestigationState.Wanted : InvestigationState.NotWanted,
            Revision = source.Revision,
        };
    }

    /// <summary>
    /// What came back after it was over may have another cause, or the repair did not hold: the old conclusion says nothing of that. An incident that
    /// keeps coming back is not looked at for ever.
    /// </summary>
    private static bool IsToBeInvestigatedAgain(Incident? stored, WindowIncident source) =>
        stored is { InvestigationState: InvestigationState.Concluded }
            && source.Reopened > stored.Reopened
            && source.Reopened <= MaxReinvestigations
            && source.WantsInvestigation;

    /// <summary>Its facets are gone: only alerts that were in it before find it again.</summary>
    public static WindowIncident Readmit(Incident incident) => new()
    {
        Id = incident.Id,
        Revision = incident.Revision,
        FirstEpisodeId = incident.FirstEpisodeId,
        Title = incident.Title,
        Severity = incident.Severity,
        StartsAt = incident.StartsAt,
        ResolvedAt = incident.ResolvedAt,
        Episodes = incident.Episodes,
        FiringEpisodes = incident.FiringEpisodes,
        Reopened = incident.Reopened,
        CommonLabels = incident.CommonLabels,
        Targets = incident.Targets,
        SuppressedBecause = incident.SuppressedBecause,
        Analysis = incident.Analysis,
        WantsInvestigation = incident.InvestigationState != InvestigationState.NotWanted,
    };
}
