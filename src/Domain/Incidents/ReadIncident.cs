using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Incidents;

/// <summary>An incident with its latest episodes; <see cref="HasMoreEpisodes"/> when not all are here (list the rest by incident).</summary>
public sealed record IncidentWithEpisodes(Incident Incident, IReadOnlyList<AlertEpisode> Episodes, bool HasMoreEpisodes);

/// <summary>Reads one incident and its episodes, newest start first.</summary>
public sealed class ReadIncident(IDocuments<Incident> incidents, IDocuments<AlertEpisode> episodes)
{
    public const int MaxEpisodes = 200;

    /// <summary>Null when there is none that the caller may see.</summary>
    public async Task<IncidentWithEpisodes?> ReadAsync(Caller caller, string incidentId, CancellationToken cancellationToken)
    {
        if (await incidents.ReadAsync(caller.Tenant, incidentId, cancellationToken) is not { } read || IncidentAccess.Show(read.Value, caller) is not { } incident)
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
        var page = await episodes.QueryAsync(caller.Tenant, query, cancellationToken);
        // Every alert of a visible incident is about something that the caller may see incidents of; to see alerts is a permission of its own.
        var visible = page.Documents.Select(d => d.Value).Where(e => caller.May(Permission.ReadAlerts, EpisodeAccess.TargetOf(e)));
        return new IncidentWithEpisodes(incident, [.. visible], page.ContinuationToken is not null);
    }
}
