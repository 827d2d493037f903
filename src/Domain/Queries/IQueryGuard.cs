using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries.Guard;

namespace Nightwatch.Domain.Queries;

public enum QueryLanguage
{
    PromQl,
    LogQl,
}

/// <summary>The query as it is to be sent, or why it is not sent.</summary>
public sealed record QueryVerdict(string Query, string? Refusal = null);

/// <summary>The one place that every query in somebody's own words passes before it is sent to a source.</summary>
public interface IQueryGuard
{
    /// <param name="range">The times that the query is evaluated at; null for one moment.</param>
    QueryVerdict Check(QueryLanguage language, string query, QueryRange? range, IDatasource source, Caller caller);
}
