using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Investigations;

/// <summary>An investigation with all that belongs to it.</summary>
public sealed record InvestigationView
{
    public required Investigation Investigation { get; init; }

    /// <summary>In the order in which it was asked for; steps without an answer yet are absent.</summary>
    public required IReadOnlyList<Evidence> Evidence { get; init; }

    public Incident? Incident { get; init; }
}

/// <summary>Reads an investigation with its evidence and its incident. Costs three reads by key.</summary>
public sealed class ReadInvestigation(
    IDocuments<Investigation> investigations, IDocuments<Evidence> evidence, IDocuments<Incident> incidents, InvestigationAccess access)
{
    /// <returns>Null when there is none that the caller may see.</returns>
    public async Task<InvestigationView?> ReadAsync(Caller caller, string investigationId, CancellationToken cancellationToken)
    {
        if (await investigations.ReadAsync(caller.Tenant, investigationId, cancellationToken).ConfigureAwait(false) is not { } read)
        {
            return null;
        }

        var incident = (await incidents.ReadAsync(caller.Tenant, read.Value.IncidentId, cancellationToken).ConfigureAwait(false))?.Value;
        if (access.Show(read.Value, incident, caller) is not { } shown)
        {
            return null;
        }

        var answers = await InvestigationEvidence.ReadAsync(evidence, caller.Tenant, shown, cancellationToken).ConfigureAwait(false);
        var (investigation, visible) = access.Withhold(shown, answers, caller);
        return new InvestigationView
        {
            Investigation = investigation,
            Evidence = visible,
            Incident = incident is null ? null : IncidentAccess.Show(incident, caller),
        };
    }
}
