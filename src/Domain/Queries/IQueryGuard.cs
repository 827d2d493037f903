using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Queries;

public enum QueryLanguage
{
    PromQl,
    LogQl,
}

/// <summary>The query as it is to be sent, or why it is not sent.</summary>
public sealed record GuardedQuery(string Query, string? Refusal = null);

/// <summary>The one place that every query in somebody's own words passes before it is sent to a source.</summary>
public interface IQueryGuard
{
    /// <param name="window">The time that the query is evaluated over; its start is its end for one moment.</param>
    GuardedQuery Check(QueryLanguage language, string query, TimeWindow window, IDatasource source, Caller caller);
}

/// <summary>Lets every query through as it is: the source itself judges it.</summary>
public sealed class OpenQueryGuard : IQueryGuard
{
    public GuardedQuery Check(QueryLanguage language, string query, TimeWindow window, IDatasource source, Caller caller) => new(query);
}
