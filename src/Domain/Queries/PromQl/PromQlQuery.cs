using System.Diagnostics.CodeAnalysis;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>Reads PromQL into a tree and writes the tree back in one canonical form.</summary>
public static class PromQlQuery
{
    /// <summary>UTF-16 code units of the longest query that is read. Prometheus has no limit of its own.</summary>
    public const int MaxLength = 65_536;

    /// <summary>Levels of the deepest query that is read, so that nothing that walks a tree runs out of stack.</summary>
    public const int MaxNesting = 300;

    /// <summary>Reads and type-checks a query.</summary>
    /// <exception cref="QuerySyntaxException">Not a query of the dialect, or longer or deeper than the limits.</exception>
    public static PromQlExpr Parse(string query, PromQlDialect dialect = PromQlDialect.V3) =>
        TryParse(query, dialect, out var expression, out var error) ? expression : throw new QuerySyntaxException(error);

    /// <summary>Reads and type-checks a query.</summary>
    /// <param name="query">The text; line breaks and comments (#) are allowed.</param>
    /// <param name="dialect">Which server will run it.</param>
    /// <param name="expression">The tree when the result is true.</param>
    /// <param name="error">The first error when it is false.</param>
    public static bool TryParse(
        string query, PromQlDialect dialect, [NotNullWhen(true)] out PromQlExpr? expression, [NotNullWhen(false)] out QuerySyntaxError? error)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Length > MaxLength)
        {
            expression = null;
            error = new QuerySyntaxError($"the query has {query.Length} characters; at most {MaxLength} are read", new SourceSpan(MaxLength, query.Length - MaxLength), query);
            return false;
        }

        expression = new PromQlParser(query, dialect).Read(out error);
        return expression is not null;
    }

    /// <summary>The canonical text: it reads back to an equal tree in the same dialect.</summary>
    public static string Print(PromQlExpr expression) => PromQlPrinter.Print(expression);
}
