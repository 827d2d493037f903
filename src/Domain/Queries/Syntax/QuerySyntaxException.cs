namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>A query that is not one of its language. The message is that of <see cref="Error"/> with its position.</summary>
public sealed class QuerySyntaxException(QuerySyntaxError error) : FormatException(error.ToString())
{
    public QuerySyntaxError Error { get; } = error;
}
