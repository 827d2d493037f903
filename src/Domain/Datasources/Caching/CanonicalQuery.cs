using Nightwatch.Domain.Queries.LogQl;
using Nightwatch.Domain.Queries.PromQl;

namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>A query as the cache knows it: however it is spaced and spelt, one text.</summary>
/// <param name="Text">In canonical form; as it was written where we cannot read it.</param>
/// <param name="LooksBackOnly">It reads nothing that is later than the time it is evaluated at, so that it is settled when that time is.</param>
internal readonly record struct CanonicalQuery(string Text, bool LooksBackOnly)
{
    public static CanonicalQuery PromQl(string query) => PromQlQuery.TryParse(query, PromQlDialect.V3, out var expression, out _)
        ? Of(PromQlPrinter.Print(expression))
        : new(query, false);

    public static CanonicalQuery LogQl(string query) => LogQlParser.TryParse(query, out var expression, out _)
        ? Of(LogQlPrinter.Print(expression))
        : new(query, false);

    // The signs may also stand in a label's value; the query is then kept for a shorter time than it could be.
    private static CanonicalQuery Of(string text) => new(text, !text.Contains("offset -", StringComparison.Ordinal) && !text.Contains('@'));
}
