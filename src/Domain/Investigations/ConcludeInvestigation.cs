using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations.Writing;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Investigations;

/// <summary>
/// Draws the conclusion from the stored evidence, lets a model put it in words where there is one, and stores it with the investigation and the incident.
/// Asked again it changes nothing, except that it makes good what an interrupted call left undone.
/// </summary>
public sealed class ConcludeInvestigation(
    IDocuments<Investigation> investigations,
    IDocuments<Incident> incidents,
    IDocuments<Evidence> evidence,
    NarrativeWriter narrative,
    IAuditTrail audit,
    TimeProvider time)
{
    private const int MaxTries = 16;

    /// <summary>The conclusion; null when there is no such investigation.</summary>
    public async Task<Conclusion?> ConcludeAsync(string tenant, string investigationId, CancellationToken cancellationToken)
    {
        Conclusion? made = null;
        for (var i = 0; i < MaxTries; i++)
        {
            if (await investigations.ReadAsync(tenant, investigationId, cancellationToken).ConfigureAwait(false) is not { } read)
            {
                return null;
            }

            if (read.Value is { Status: InvestigationStatus.Concluded, Conclusion: { } stored })
            {
                await TellIncidentAsync(tenant, read.Value, stored, cancellationToken).ConfigureAwait(false);
                return stored;
            }

            made ??= await MakeAsync(tenant, read.Value, cancellationToken).ConfigureAwait(false);
            var concluded = read.Value with { Status = InvestigationStatus.Concluded, Conclusion = made, ConcludedAt = time.GetUtcNow() };
            if ((await investigations.WriteAsync(tenant, DocumentWrite<Investigation>.Replace(read, concluded), cancellationToken).ConfigureAwait(false)).Written)
            {
                InvestigationTelemetry.Count(concluded);
            }
        }

        throw new StoreUnavailableException($"The investigation {investigationId} kept changing while it was concluded.");
    }

    private async Task<Conclusion> MakeAsync(string tenant, Investigation investigation, CancellationToken cancellationToken)
    {
        var found = await InvestigationEvidence.ReadAsync(evidence, tenant, investigation, cancellationToken).ConfigureAwait(false);
        var drawn = ConclusionDrawer.Draw(investigation, found);
        return await narrative.WriteAsync(investigation, found, drawn, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Recorded before the incident says that it is concluded: whoever has to repeat that may record it twice, and nobody never.</summary>
    private static AuditEvent EventOf(Investigation investigation, Conclusion conclusion)
    {
        var details = new Dictionary<string, string> { ["incident"] = investigation.IncidentId, ["summary"] = conclusion.Summary, ["written_by"] = conclusion.WrittenBy };
        if (conclusion.Hypotheses is [var best, ..])
        {
            details["cause"] = best.Cause;
            details["component"] = best.Component;
            details["confidence"] = Numbers.Write(best.Confidence, "ratio");
        }

        return GatherEvidence.Investigator(investigation.Tenant, investigation.Id).Did(AuditActions.InvestigationConcluded, investigation.Id) with { Details = details };
    }

    private async Task TellIncidentAsync(string tenant, Investigation investigation, Conclusion conclusion, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MaxTries; i++)
        {
            if (await incidents.ReadAsync(tenant, investigation.IncidentId, cancellationToken).ConfigureAwait(false) is not { } read)
            {
                return;
            }

            if (read.Value.InvestigationState != InvestigationState.Concluded)
            {
                await audit.RecordAsync(EventOf(investigation, conclusion), cancellationToken).ConfigureAwait(false);
                var told = read.Value with
                {
                    InvestigationState = InvestigationState.Concluded,
                    InvestigationId = investigation.Id,
                    Conclusion = conclusion.Summary,
                    UpdatedAt = time.GetUtcNow(),
                };
                if (!(await incidents.WriteAsync(tenant, DocumentWrite<Incident>.Replace(read, told), cancellationToken).ConfigureAwait(false)).Written)
                {
                    continue;
                }

                read = read with { Value = told };
            }

            // An incident that resolved while it was investigated has had nobody to write its outcome.
            if (read.Value.ResolvedAt is not null && investigation.Outcome is null)
            {
                await CloseInvestigation.RecordAsync(investigations, tenant, investigation.Id, read.Value, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        throw new StoreUnavailableException($"The incident {investigation.IncidentId} kept changing while it was told its conclusion.");
    }
}
