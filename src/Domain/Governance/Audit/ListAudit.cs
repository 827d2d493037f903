using System.Runtime.CompilerServices;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>Which records to show; all that is given must hold.</summary>
public sealed record AuditFilter
{
    public string? Actor { get; init; }

    public string? Action { get; init; }

    public AuditOutcome? Outcome { get; init; }

    public string? CorrelationId { get; init; }

    /// <summary>Inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>Reads the trail for people: by pages, and as a whole for an export.</summary>
public sealed class ListAudit(IDocuments<AuditRecord> records, AuditText text)
{
    private const int ExportPage = 500;

    /// <summary>Newest first.</summary>
    /// <param name="pageSize">1 to 1000.</param>
    /// <exception cref="ArgumentException">The range, the page size or the token is not acceptable; the message says which.</exception>
    public async Task<Listing<AuditRecord>> ListAsync(string tenant, AuditFilter filter, int pageSize, string? continuationToken, CancellationToken cancellationToken)
    {
        ListArguments.Check(pageSize, filter.From, filter.To);
        var asked = AsStored(filter);
        var where = new List<FieldFilter>();
        ListArguments.AddEqual(where, "actor", asked.Actor);
        ListArguments.AddEqual(where, "action", asked.Action);
        ListArguments.AddEqual(where, "outcome", asked.Outcome is { } outcome ? AuditRecord.NameOf(outcome) : null);
        ListArguments.AddEqual(where, "correlationId", asked.CorrelationId);
        ListArguments.AddRange(where, "at", asked.From, asked.To);
        var query = new DocumentQuery { Where = where, OrderBy = "at", Descending = true, PageSize = pageSize, ContinuationToken = continuationToken };
        var page = await records.QueryAsync(tenant, query, cancellationToken);
        return new Listing<AuditRecord>([.. page.Documents.Select(d => d.Value)], page.ContinuationToken);
    }

    /// <summary>
    /// Oldest first, one page in memory at a time. Reads everything in the range and filters what the records themselves say, so that no edited index hides one.
    /// </summary>
    /// <exception cref="ArgumentException">The range is not acceptable.</exception>
    public IAsyncEnumerable<AuditRecord> ExportAsync(string tenant, AuditFilter filter, CancellationToken cancellationToken)
    {
        ListArguments.Check(ExportPage, filter.From, filter.To);
        return WalkAsync(tenant, AsStored(filter), cancellationToken);
    }

    private async IAsyncEnumerable<AuditRecord> WalkAsync(string tenant, AuditFilter asked, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var where = new List<FieldFilter>();
        ListArguments.AddRange(where, "at", asked.From, asked.To);
        var query = new DocumentQuery { Where = where, OrderBy = "at", PageSize = ExportPage };
        do
        {
            var page = await records.QueryAsync(tenant, query, cancellationToken);
            foreach (var record in page.Documents.Select(d => d.Value).Where(r => Matches(r, asked)))
            {
                yield return record;
            }

            query = query with { ContinuationToken = page.ContinuationToken };
        }
        while (query.ContinuationToken is not null);
    }

    private static bool Matches(AuditRecord record, AuditFilter asked) =>
        (asked.Actor is null || record.Actor == asked.Actor)
        && (asked.Action is null || record.Action == asked.Action)
        && (asked.Outcome is null || record.Outcome == asked.Outcome)
        && (asked.CorrelationId is null || record.CorrelationId == asked.CorrelationId);

    /// <summary>What is looked for went through the masker when it was stored, so it goes through it here.</summary>
    private AuditFilter AsStored(AuditFilter filter) => filter with
    {
        Actor = filter.Actor is null ? null : AuditText.Actor(filter.Actor),
        CorrelationId = filter.CorrelationId is null ? null : text.Clean(filter.CorrelationId, AuditText.MaxName),
    };
}
