using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Alerts;

/// <summary>Which episodes to list. At most one of fingerprint and incident may be given.</summary>
public sealed record EpisodeFilter
{
    public AlertStatus? Status { get; init; }

    public string? Fingerprint { get; init; }

    public string? IncidentId { get; init; }

    /// <summary>Inclusive.</summary>
    public DateTimeOffset? StartedFrom { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset? StartedBefore { get; init; }

    /// <summary>1 to 1000.</summary>
    public int PageSize { get; init; } = 50;

    public string? ContinuationToken { get; init; }
}

/// <summary>A page of a list, and where the next one begins.</summary>
public sealed record Listing<T>(IReadOnlyList<T> Items, string? ContinuationToken);

/// <summary>Lists episodes, the newest start first.</summary>
public sealed class ListEpisodes(IDocuments<AlertEpisode> episodes)
{
    /// <exception cref="ArgumentException">A filter, the page size or the token is not acceptable; the message says which.</exception>
    public async Task<Listing<AlertEpisode>> ListAsync(Caller caller, EpisodeFilter filter, CancellationToken cancellationToken)
    {
        ListArguments.Check(filter.PageSize, filter.StartedFrom, filter.StartedBefore);
        if (filter.Fingerprint is not null && (filter.IncidentId is not null || filter.Status is not null))
        {
            throw ListArguments.Wrong("fingerprint", "fingerprint cannot be combined with incident or status; leave one out.");
        }

        if (filter.Fingerprint is not null && !AlertFingerprint.IsValid(filter.Fingerprint))
        {
            throw ListArguments.Wrong("fingerprint", "fingerprint must be 16 hexadecimal digits.");
        }

        // Whose alerts do not tell their incident must not be sorted by it either.
        if (filter.IncidentId is not null && !caller.MayEverywhere(Permission.ReadIncidents))
        {
            throw ListArguments.Wrong("incident", "incident is for callers who may see every incident; read the incident itself instead.");
        }

        var where = new List<FieldFilter>();
        ListArguments.AddEqual(where, "fingerprint", filter.Fingerprint?.ToLowerInvariant());
        ListArguments.AddEqual(where, "incidentId", filter.IncidentId);
        ListArguments.AddEqual(where, "status", filter.Status is { } status ? status == AlertStatus.Firing ? "firing" : "resolved" : null);
        ListArguments.AddRange(where, "startsAt", filter.StartedFrom, filter.StartedBefore);
        var query = new DocumentQuery
        {
            Where = where,
            OrderBy = "startsAt",
            Descending = true,
            PageSize = filter.PageSize,
            ContinuationToken = filter.ContinuationToken,
        };
        return await VisiblePage.ReadAsync(episodes, caller.Tenant, query, e => EpisodeAccess.Show(e, caller), cancellationToken);
    }
}

/// <summary>What the list use cases check and build alike.</summary>
internal static class ListArguments
{
    public static void Check(int pageSize, DateTimeOffset? from = null, DateTimeOffset? before = null)
    {
        if (pageSize is < 1 or > DocumentQuery.MaxPageSize)
        {
            throw new ArgumentException($"The page size must be 1 to {DocumentQuery.MaxPageSize}, not {pageSize}.", nameof(pageSize));
        }

        if (from >= before)
        {
            throw new ArgumentException("The range is empty: its start must be before its end.", nameof(from));
        }
    }

    /// <param name="parameter">As the caller of the API knows it.</param>
    public static ArgumentException Wrong(string parameter, string message) => new(message, parameter);

    public static void AddEqual(List<FieldFilter> where, string field, string? value)
    {
        if (value is not null)
        {
            where.Add(FieldFilter.Equal(field, value));
        }
    }

    public static void AddRange(List<FieldFilter> where, string field, DateTimeOffset? from, DateTimeOffset? before)
    {
        if (from is { } atLeast)
        {
            where.Add(FieldFilter.AtLeast(field, atLeast));
        }

        if (before is { } below)
        {
            where.Add(FieldFilter.Below(field, below));
        }
    }
}
