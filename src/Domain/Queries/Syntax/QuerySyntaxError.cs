using System.Globalization;

namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>What is wrong with a query and where. The message is one sentence for a person, without the position.</summary>
/// <param name="Message">Says what was found and what was expected.</param>
/// <param name="Span">The part of <paramref name="Query"/> that is wrong; of length 0 at the end of the input.</param>
/// <param name="Query">The whole text.</param>
public sealed record QuerySyntaxError(string Message, SourceSpan Span, string Query)
{
    /// <summary>The line of the error, from 1.</summary>
    public int Line => Query.AsSpan(0, Start).Count('\n') + 1;

    /// <summary>The column of the error in UTF-16 code units, from 1.</summary>
    public int Column => Start - Query.AsSpan(0, Start).LastIndexOf('\n');

    private int Start => Math.Clamp(Span.Start, 0, Query.Length);

    /// <summary><c>line:column: message</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}: {Message}");
}
