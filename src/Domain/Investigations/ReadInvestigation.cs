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
public sealed class ReadInvestigation(IDocuments<Investigation> investigations, IDocuments<Evidence> evidence, IDocuments<Incident> incidents)
{
    public async Task<InvestigationView?> ReadAsync(string tenant, string investigationId, CancellationToken cancellationToken)
    {
        if (await investigations.ReadAsync(tenant, investigationId, cancellationToken).ConfigureAwait(false) is not { } read)
        {
            return null;
        }

        return new InvestigationView
        {
            Investigation = read.Value,
            Evidence = await InvestigationEvidence.ReadAsync(evidence, tenant, read.Value, cancellationToken).ConfigureAwait(false),
            Incident = (await incidents.ReadAsync(tenant, read.Value.IncidentId, cancellationToken).ConfigureAwait(false))?.Value,
        };
    }
}
