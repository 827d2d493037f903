namespace Nightwatch.Domain.Incidents;

/// <summary>
/// The incidents that the given episodes belong to, as they stand now. A repeated call gives the same states, so that a shell that died can act on them.
/// </summary>
public sealed record CorrelationOutcome
{
    public IReadOnlyList<CorrelatedIncident> Incidents { get; init; } = [];
}

/// <param name="Opened">This call opened it.</param>
/// <param name="Resolved">Its last firing alert has resolved.</param>
/// <param name="WantsInvestigation">An investigation is wanted and not claimed yet: claim it by etag and start it.</param>
public sealed record CorrelatedIncident(string IncidentId, bool Opened, bool Resolved, bool WantsInvestigation);
