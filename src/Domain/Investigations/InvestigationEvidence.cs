using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Investigations;

/// <summary>Reads the evidence of an investigation by the ids that its steps give it, in the order of the steps.</summary>
internal static class InvestigationEvidence
{
    public static async Task<IReadOnlyList<Evidence>> ReadAsync(
        IDocuments<Evidence> evidence, string tenant, Investigation investigation, CancellationToken cancellationToken) =>
        await ReadAsync(
            evidence, tenant, investigation.Steps.Select(s => Evidence.IdOf(investigation.Id, s.Id)).ToList(), cancellationToken).ConfigureAwait(false);

    public static async Task<IReadOnlyList<Evidence>> ReadAsync(
        IDocuments<Evidence> evidence, string tenant, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        var found = await evidence.ReadManyAsync(tenant, ids, cancellationToken).ConfigureAwait(false);
        return [.. ids.Where(found.ContainsKey).Select(id => found[id].Value)];
    }
}
