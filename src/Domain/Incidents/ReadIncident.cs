using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Incidents;

/// <summary>An incident with its latest episodes; <see cref="HasMoreEpisodes"/> when not all are here (list the rest by incident).</summary>
public sealed record IncidentWithEpisodes(Incident Incident, IReadOnlyList<AlertEpisode> Episodes, bool HasMoreEpisodes);

/// <summary>Reads one incident and its episodes, newest start first.</summary>
public sealed class ReadIncident(IDocuments<Incident> incidents, IDocuments<AlertEpisode> episodes)
{
    public const int MaxEpisodes = 200;

    /// <summary>Null when there is no such incident.</summary>
    public async Task<IncidentWithEpisodes?> ReadAsync(string tenant, string incidentId, CancellationToken cancellationToken)
    {
        if (await incidents.ReadAsync(tenant, incidentId, cancellationToken) is not { } incident)
        {
            return null;
        }

        var query = new DocumentQuery
        {
            Where = [FieldFilter.Equal("incidentId", incidentId)],
            OrderBy = "startsAt",
            Descending = true,
            PageSize = MaxEpisodes,
        };
        var page = await episodes.QueryAsync(tenant, query, cancellationToken);
        return new IncidentWithEpisodes(incident.Value, [.. page.Documents.Select(d => d.Value)], page.ContinuationToken is not null);
    }
}
