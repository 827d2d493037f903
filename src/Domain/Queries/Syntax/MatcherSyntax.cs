namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>How a label is compared with a matcher's value.</summary>
public enum MatchOperator
{
    Equal,
    NotEqual,
    RegexMatch,
    RegexNoMatch,
}

/// <summary>One condition on a label in a selector. Two are equal when they ask the same; where they stand does not count.</summary>
/// <param name="Label">The label's name, unquoted; <c>__name__</c> for the metric's.</param>
/// <param name="Operator"><c>=</c>, <c>!=</c>, <c>=~</c> or <c>!~</c>.</param>
/// <param name="Value">The value or regular expression, unquoted. Bytes that are no UTF-8 are kept as <see cref="GoString"/> says.</param>
public sealed record MatcherSyntax(string Label, MatchOperator Operator, string Value)
{
    /// <summary>Where it stands in the query it was read from.</summary>
    public SourceSpan Span { get; init; }

    public bool IsRegex => Operator is MatchOperator.RegexMatch or MatchOperator.RegexNoMatch;

    /// <summary>The operator's sign.</summary>
    public string Sign => SignOf(Operator);

    public static string SignOf(MatchOperator matchOperator) => matchOperator switch
    {
        MatchOperator.Equal => "=",
        MatchOperator.NotEqual => "!=",
        MatchOperator.RegexMatch => "=~",
        MatchOperator.RegexNoMatch => "!~",
        _ => throw new ArgumentOutOfRangeException(nameof(matchOperator), matchOperator, "no such operator"),
    };

    public bool Equals(MatcherSyntax? other) => other is not null && Operator == other.Operator && Label == other.Label && Value == other.Value;

    public override int GetHashCode() => HashCode.Combine(Label, Operator, Value);
}
