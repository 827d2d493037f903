using Nightwatch.Domain.Alerts;

namespace Nightwatch.Domain.Storage;

/// <summary>A page of what a reader may see of an ordered list: what is hidden leaves no gap and is not counted.</summary>
internal static class VisiblePage
{
    /// <summary>Reads of the store for one page. A page whose reads found little visible is short, and its token leads on.</summary>
    private const int MaxReads = 25;

    /// <param name="show">The value as it is shown, or null when it is hidden.</param>
    public static async Task<Listing<T>> ReadAsync<T>(
        IDocuments<T> documents, string partitionKey, DocumentQuery query, Func<T, T?> show, CancellationToken cancellationToken)
        where T : class
    {
        var shown = new List<T>();
        for (var read = 1; ; read++)
        {
            var page = await documents.QueryAsync(partitionKey, query with { PageSize = query.PageSize - shown.Count }, cancellationToken);
            shown.AddRange(page.Documents.Select(d => show(d.Value)).OfType<T>());
            if (page.ContinuationToken is null || shown.Count >= query.PageSize || read == MaxReads)
            {
                return new Listing<T>(shown, page.ContinuationToken);
            }

            query = query with { ContinuationToken = page.ContinuationToken };
        }
    }
}
