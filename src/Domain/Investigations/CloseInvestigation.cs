using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations.Writing;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Investigations;

/// <summary>Records with an investigation how its incident ended. Asked again for the same end it changes nothing.</summary>
public sealed class CloseInvestigation(IDocuments<Incident> incidents, IDocuments<Investigation> investigations)
{
    private const int MaxTries = 16;

    /// <summary>Whether an outcome is recorded; false when the incident is open or unknown, or has no investigation.</summary>
    public async Task<bool> CloseAsync(string tenant, string incidentId, CancellationToken cancellationToken)
    {
        var incident = (await incidents.ReadAsync(tenant, incidentId, cancellationToken).ConfigureAwait(false))?.Value;
        return incident is { ResolvedAt: not null, InvestigationId: { } id }
            && await RecordAsync(investigations, tenant, id, incident, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How the stretch of an incident that was investigated ended, in a sentence. One that came back began anew.</summary>
    public static string OutcomeOf(Incident incident, Investigation investigation)
    {
        var conclusion = investigation.Conclusion;
        var began = incident.Reopened > 0 && investigation.Subject?.StartsAt is { } own && own > incident.StartsAt ? own : incident.StartsAt;
        var lasted = (incident.ResolvedAt ?? incident.UpdatedAt) - began;
        var top = conclusion?.Hypotheses.Count > 0 ? conclusion.Hypotheses[0] : null;
        return $"Resolved after {Numbers.Duration(lasted)}. " + (top is null
            ? "No cause was known by then."
            : $"The most probable cause was {top.Cause} of {top.Component} ({Numbers.Write(top.Confidence, "ratio")}).");
    }

    internal static async Task<bool> RecordAsync(
        IDocuments<Investigation> investigations, string tenant, string id, Incident incident, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MaxTries; i++)
        {
            if (await investigations.ReadAsync(tenant, id, cancellationToken).ConfigureAwait(false) is not { } read)
            {
                return false;
            }

            var outcome = OutcomeOf(incident, read.Value);
            if (read.Value.Outcome == outcome
                || (await investigations.WriteAsync(
                    tenant,
                    DocumentWrite<Investigation>.Replace(read, read.Value with { Outcome = outcome }),
                    cancellationToken).ConfigureAwait(false)).Written)
            {
                return true;
            }
        }

        throw new StoreUnavailableException($"The investigation {id} kept changing while its outcome was recorded.");
    }
}
