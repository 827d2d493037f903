using System.Text.Json;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>Walks a partition page by page and survives a document that somebody has spoiled.</summary>
internal static class AuditPages
{
    /// <summary>Gives every document to <paramref name="visit"/>; false when one could not be read: then <paramref name="visit"/> has seen all before it.</summary>
    public static async Task<bool> WalkAsync<T>(
        IDocuments<T> documents, string tenant, DocumentQuery query, Action<Document<T>> visit, CancellationToken cancellationToken)
        where T : class
    {
        query = query with { PageSize = DocumentQuery.MaxPageSize };
        while (true)
        {
            DocumentPage<T> page;
            try
            {
                page = await documents.QueryAsync(tenant, query, cancellationToken);
            }
            catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
            {
                page = new DocumentPage<T>([], query.ContinuationToken) { Unreadable = ["?"] };
            }

            if (page.Unreadable.Count > 0)
            {
                if (query.PageSize == 1)
                {
                    return false;
                }

                // One by one from here, so that only the spoiled one is not seen.
                query = query with { PageSize = 1 };
                continue;
            }

            foreach (var document in page.Documents)
            {
                visit(document);
            }

            if (page.ContinuationToken is null)
            {
                return true;
            }

            query = query with { ContinuationToken = page.ContinuationToken };
        }
    }
}
