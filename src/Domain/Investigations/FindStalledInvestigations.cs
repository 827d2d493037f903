using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Investigations;

/// <summary>
/// Finds incidents whose investigation was wanted or claimed long ago and is not concluded: their orchestration is to be looked for, and started again.
/// </summary>
public sealed class FindStalledInvestigations(IDocuments<Incident> incidents, IDocuments<Investigation> investigations, TimeProvider time)
{
    /// <summary>Ids of incidents, oldest first. Four queries on indexes, whatever is stored.</summary>
    /// <param name="max">1 to <see cref="DocumentQuery.MaxPageSize"/>.</param>
    public async Task<IReadOnlyList<string>> ListAsync(string tenant, TimeSpan olderThan, int max, CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - olderThan;
        var found = new List<(DateTimeOffset Since, string IncidentId)>();
        foreach (var state in new[] { InvestigationState.Wanted, InvestigationState.Claimed })
        {
            var page = await incidents.QueryAsync(
                tenant, Query("investigationState", Incident.StateName(state), "updatedAt", before, max), cancellationToken).ConfigureAwait(false);
            found.AddRange(page.Documents.Select(d => (d.Value.UpdatedAt, d.Id)));
        }

        // An incident whose alerts repeat is updated again and again; the time of its claim is not.
        foreach (var status in new[] { "claimed", "gathering" })
        {
            var page = await investigations.QueryAsync(tenant, Query("status", status, "claimedAt", before, max), cancellationToken).ConfigureAwait(false);
            found.AddRange(page.Documents.Select(d => (d.Value.ClaimedAt, d.Value.IncidentId)));
        }

        return [.. found.OrderBy(f => f.Since).ThenBy(f => f.IncidentId, StringComparer.Ordinal).Select(f => f.IncidentId).Distinct(StringComparer.Ordinal).Take(max)];
    }

    private static DocumentQuery Query(string field, string value, string timeField, DateTimeOffset before, int max) => new()
    {
        Where = [FieldFilter.Equal(field, value), FieldFilter.Below(timeField, before)],
        OrderBy = timeField,
        PageSize = Math.Clamp(max, 1, DocumentQuery.MaxPageSize),
    };
}
