using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Alerts;

/// <summary>Lists findings, the latest first. They speak of whole sources and intakes: a caller with a limited scope sees none.</summary>
public sealed class ListFindings(IDocuments<Finding> findings)
{
    /// <param name="kind">One of <see cref="FindingKinds"/>, or null for all.</param>
    /// <param name="pageSize">1 to 1000.</param>
    /// <exception cref="ArgumentException">The page size or the token is not acceptable.</exception>
    public async Task<Listing<Finding>> ListAsync(Caller caller, string? kind, int pageSize, string? continuationToken, CancellationToken cancellationToken)
    {
        ListArguments.Check(pageSize);
        if (!caller.MayEverywhere(Permission.ReadIncidents))
        {
            return new Listing<Finding>([], null);
        }

        var where = new List<FieldFilter>();
        ListArguments.AddEqual(where, "kind", kind);
        var query = new DocumentQuery { Where = where, OrderBy = "lastAt", Descending = true, PageSize = pageSize, ContinuationToken = continuationToken };
        var page = await findings.QueryAsync(caller.Tenant, query, cancellationToken);
        return new Listing<Finding>([.. page.Documents.Select(d => d.Value)], page.ContinuationToken);
    }
}
