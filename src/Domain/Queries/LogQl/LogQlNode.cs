using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>A part of a LogQL query. Two parts are equal when they ask the same; where they stood in a text does not count.</summary>
public abstract record LogQlNode
{
    /// <summary>Where it stands in the query it was read from; empty for what was built.</summary>
    public SourceSpan Span { get; init; }

    public virtual bool Equals(LogQlNode? other) => other is not null && EqualityContract == other.EqualityContract;

    public override int GetHashCode() => EqualityContract.GetHashCode();
}

/// <summary>A whole query or an operand: log lines (<see cref="LogQuery"/>) or numbers (<see cref="LogQlMetric"/>).</summary>
public abstract record LogQlExpression : LogQlNode
{
    /// <summary>The canonical text, which reads back as an equal expression.</summary>
    public sealed override string ToString() => LogQlPrinter.Print(this);
}

/// <summary>An expression whose result is numbers.</summary>
public abstract record LogQlMetric : LogQlExpression;

/// <summary>Log lines: streams, and what is done with their lines one stage after the other.</summary>
public sealed record LogQuery(StreamSelector Selector, SyntaxList<LogQlStage> Stages) : LogQlExpression;

/// <summary>Which streams are read: <c>{app="shop", level=~"warn|error"}</c>.</summary>
public sealed record StreamSelector(SyntaxList<MatcherSyntax> Matchers) : LogQlNode;

/// <summary>The lines of a query over a range: <c>{app="shop"} | unwrap size [5m] offset 1h</c>.</summary>
/// <param name="RangeMilliseconds">The length of the range.</param>
/// <param name="OffsetNanoseconds">How far back the range ends; negative is ahead, 0 is none.</param>
public sealed record LogRange(LogQuery Query, LogUnwrap? Unwrap, long RangeMilliseconds, long OffsetNanoseconds) : LogQlNode;

/// <summary>The label whose number becomes the sample of each line, how it is read, and filters behind it.</summary>
public sealed record LogUnwrap(string Label, UnwrapConversion Conversion, SyntaxList<LabelFilter> PostFilters) : LogQlNode;

/// <summary><c>by (a, b)</c> or <c>without (a, b)</c>.</summary>
public sealed record LogGrouping(bool Without, SyntaxList<string> Labels) : LogQlNode;

/// <summary>A function over the lines of a range, such as <c>rate({app="shop"}[5m])</c>.</summary>
/// <param name="Parameter">The quantile of <c>quantile_over_time</c>; null for all others.</param>
public sealed record RangeAggregation(RangeFunction Function, double? Parameter, LogRange Range, LogGrouping? Grouping) : LogQlMetric;

/// <summary>A function over the series of an instant, such as <c>sum by (app) (...)</c>.</summary>
/// <param name="Parameter">The k of topk, bottomk and approx_topk; null for all others.</param>
public sealed record VectorAggregation(VectorFunction Function, int? Parameter, LogQlMetric Operand, LogGrouping? Grouping) : LogQlMetric;

/// <summary>Two metrics with an operator between them.</summary>
/// <param name="ReturnBool">Whether a comparison answers 0 or 1 instead of leaving series out.</param>
/// <param name="Matching">How series of the two sides find each other; null for all labels, one to one.</param>
public sealed record LogBinary(LogQlMetric Left, LogQlOperator Operator, LogQlMetric Right, bool ReturnBool, LogMatching? Matching) : LogQlMetric;

/// <summary><c>on (...)</c> or <c>ignoring (...)</c>, and which side may have many series for one of the other.</summary>
public sealed record LogMatching(bool On, SyntaxList<string> Labels, MatchCardinality Cardinality, SyntaxList<string> Include) : LogQlNode;

/// <summary><c>label_replace(operand, "destination", "replacement", "source", "pattern")</c>.</summary>
public sealed record LogLabelReplace(LogQlMetric Operand, string Destination, string Replacement, string Source, string Pattern) : LogQlMetric;

/// <summary><c>vector(1)</c>.</summary>
public sealed record LogVector(double Value) : LogQlMetric;

/// <summary>A number.</summary>
public sealed record LogNumber(double Value) : LogQlMetric;
