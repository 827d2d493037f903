using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Incidents;

/// <summary>Which incidents to list.</summary>
public sealed record IncidentFilter
{
    public IncidentStatus? Status { get; init; }

    /// <summary>Inclusive.</summary>
    public DateTimeOffset? StartedFrom { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset? StartedBefore { get; init; }

    /// <summary>1 to 1000.</summary>
    public int PageSize { get; init; } = 50;

    public string? ContinuationToken { get; init; }
}

/// <summary>Lists incidents, the newest start first.</summary>
public sealed class ListIncidents(IDocuments<Incident> incidents)
{
    /// <exception cref="ArgumentException">The range, the page size or the token is not acceptable; the message says which.</exception>
    public async Task<Listing<Incident>> ListAsync(Caller caller, IncidentFilter filter, CancellationToken cancellationToken)
    {
        ListArguments.Check(filter.PageSize, filter.StartedFrom, filter.StartedBefore);
        var where = new List<FieldFilter>();
        ListArguments.AddEqual(where, "status", filter.Status is { } status ? status == IncidentStatus.Open ? "open" : "resolved" : null);
        ListArguments.AddRange(where, "startsAt", filter.StartedFrom, filter.StartedBefore);
        var query = new DocumentQuery
        {
            Where = where,
            OrderBy = "startsAt",
            Descending = true,
            PageSize = filter.PageSize,
            ContinuationToken = filter.ContinuationToken,
        };
        return await VisiblePage.ReadAsync(incidents, caller.Tenant, query, i => IncidentAccess.Show(i, caller), cancellationToken);
    }
}
