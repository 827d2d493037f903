using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Queries.Asking;

/// <param name="Window">From its start to its end; to now while it is open.</param>
/// <param name="FiredAt">When its first alert fired.</param>
public sealed record IncidentTime(string Id, TimeWindow Window, DateTimeOffset FiredAt);

/// <summary>When the incident was that a question talks about.</summary>
public sealed class IncidentTimes(IDocuments<Incident> incidents, ListIncidents list, TimeProvider time)
{
    /// <param name="id">Null for the latest that the caller may see.</param>
    /// <returns>Null when there is none that the caller may see.</returns>
    public async Task<IncidentTime?> FindAsync(Caller caller, string? id, CancellationToken cancellationToken)
    {
        if (!caller.May(Permission.ReadIncidents))
        {
            return null;
        }

        var incident = id is null
            ? (await list.ListAsync(caller, new IncidentFilter { PageSize = 1 }, cancellationToken).ConfigureAwait(false)).Items is [var latest, ..] ? latest : null
            : await incidents.ReadAsync(caller.Tenant, id, cancellationToken).ConfigureAwait(false) is { } read ? IncidentAccess.Show(read.Value, caller) : null;
        if (incident is null)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var start = incident.StartsAt < now ? incident.StartsAt : now;
        var end = incident.ResolvedAt is { } resolved && resolved >= start ? resolved : now;
        return new IncidentTime(incident.Id, new TimeWindow(start, end), start);
    }
}
