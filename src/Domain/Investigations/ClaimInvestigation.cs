using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Investigations;

/// <summary>Whose investigation is to be started, or why none is.</summary>
public sealed record ClaimOutcome
{
    /// <summary>Also the instance id of the orchestration; null when nothing is to be started.</summary>
    public string? InvestigationId { get; init; }

    /// <summary>Why there is nothing to start: not_found, not_wanted or concluded.</summary>
    public string? Reason { get; init; }
}

/// <summary>
/// Takes an incident that wants an investigation, by etag, and creates the investigation under an id that follows from the incident's. Asked again before
/// the conclusion it answers the same id, so that whoever lost track may schedule it again.
/// </summary>
public sealed class ClaimInvestigation(IDocuments<Incident> incidents, IDocuments<Investigation> investigations, TimeProvider time)
{
    private const int MaxTries = 16;

    /// <summary>One id for each time that the incident was open.</summary>
    public static string IdOf(Incident incident) => incident.Reopened == 0 ? $"inv-{incident.Id}" : $"inv-{incident.Id}-{incident.Reopened + 1}";

    public async Task<ClaimOutcome> ClaimAsync(string tenant, string incidentId, CancellationToken cancellationToken)
    {
        string? early = null;
        for (var i = 0; i < MaxTries; i++)
        {
            if (await incidents.ReadAsync(tenant, incidentId, cancellationToken).ConfigureAwait(false) is not { } read)
            {
                return new ClaimOutcome { Reason = "not_found" };
            }

            switch (read.Value.InvestigationState)
            {
                case InvestigationState.Concluded:
                    return new ClaimOutcome { Reason = "concluded" };
                case InvestigationState.NotWanted:
                    return new ClaimOutcome { Reason = "not_wanted" };
                case InvestigationState.Claimed:
                    return await CreateAsync(read.Value, cancellationToken).ConfigureAwait(false);
            }

            // The investigation first: whoever reads its id on the incident finds it.
            var created = await CreateAsync(read.Value, cancellationToken).ConfigureAwait(false);
            if (early is not null && early != created.InvestigationId)
            {
                // The incident was over and came back between the two writes: nobody would ever work on that one.
                await investigations.DeleteAsync(tenant, early, null, cancellationToken).ConfigureAwait(false);
            }

            early = created.InvestigationId;
            var claimed = read.Value with { InvestigationState = InvestigationState.Claimed, InvestigationId = created.InvestigationId };
            if ((await incidents.WriteAsync(tenant, DocumentWrite<Incident>.Replace(read, claimed), cancellationToken).ConfigureAwait(false)).Written)
            {
                return created;
            }
        }

        throw new StoreUnavailableException($"The incident {incidentId} kept changing while it was claimed.");
    }

    /// <summary>Creates only, so that repeating it changes nothing.</summary>
    private async Task<ClaimOutcome> CreateAsync(Incident incident, CancellationToken cancellationToken)
    {
        var id = incident.InvestigationState == InvestigationState.Claimed ? incident.InvestigationId ?? IdOf(incident) : IdOf(incident);
        var investigation = new Investigation
        {
            Id = id,
            Tenant = incident.Tenant,
            IncidentId = incident.Id,
            Title = incident.Title,
            Status = InvestigationStatus.Claimed,
            Depth = incident.Analysis?.Depth ?? InvestigationDepth.Standard,
            Model = incident.Analysis?.Model,
            ClaimedAt = time.GetUtcNow(),
        };
        await investigations.WriteAsync(incident.Tenant, DocumentWrite<Investigation>.Create(id, investigation), cancellationToken).ConfigureAwait(false);
        return new ClaimOutcome { InvestigationId = id };
    }
}
