using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>
/// A part of a query. Trees are immutable and equal when they mean the same text in canonical form: where a part stood does not count, parentheses do.
/// <see cref="object.ToString"/> is the canonical text.
/// </summary>
public abstract record PromQlExpr
{
    private protected PromQlExpr()
    {
    }

    /// <summary>Where it stands in the query it was read from; empty for what was built.</summary>
    public SourceSpan Span { get; init; }

    public abstract PromQlType Type { get; }

    public virtual bool Equals(PromQlExpr? other) => other is not null && EqualityContract == other.EqualityContract;

    public override int GetHashCode() => EqualityContract.GetHashCode();

    public sealed override string ToString() => PromQlPrinter.Print(this);
}

/// <summary>A number, with its sign.</summary>
/// <param name="Value">Of any kind, also infinite and NaN.</param>
/// <param name="IsDuration">Written as a duration (<c>5m</c> for 300), which 3.x allows.</param>
public sealed record NumberExpr(double Value, bool IsDuration = false) : PromQlExpr
{
    public override PromQlType Type => PromQlType.Scalar;
}

/// <param name="Value">Unquoted; see <see cref="GoString"/>.</param>
public sealed record StringExpr(string Value) : PromQlExpr
{
    public override PromQlType Type => PromQlType.Text;
}

/// <summary>Series by name and labels at one instant: <c>up{job="api"} @ end() offset 5m</c>.</summary>
/// <param name="Name">The metric's name written before the braces; null without. A name within the braces is a matcher on <c>__name__</c>.</param>
/// <param name="Matchers">What stands in the braces.</param>
public sealed record VectorSelector(string? Name, SyntaxList<MatcherSyntax> Matchers) : PromQlExpr
{
    public const string NameLabel = "__name__";

    public PromQlDuration? Offset { get; init; }

    public AtModifier? At { get; init; }

    /// <summary><c>anchored</c>: rates reach to the samples just outside the window (3.x).</summary>
    public bool Anchored { get; init; }

    /// <summary><c>smoothed</c>: values at the window's ends are interpolated (3.x).</summary>
    public bool Smoothed { get; init; }

    public override PromQlType Type => PromQlType.InstantVector;

    /// <summary>The one metric that is selected, wherever its name is written; null when several may be.</summary>
    public string? Metric => Name ?? Matchers.FirstOrDefault(m => m.Label == NameLabel && m.Operator == MatchOperator.Equal && m.Value.Length > 0)?.Value;
}

/// <summary>The samples of a window: <c>up[5m]</c>. Offset and @ are the selector's.</summary>
public sealed record RangeSelector(VectorSelector Selector, PromQlDuration Range) : PromQlExpr
{
    public override PromQlType Type => PromQlType.RangeVector;
}

/// <summary>An expression evaluated over a window: <c>rate(x[5m])[1h:1m]</c>.</summary>
/// <param name="Inner">An instant vector.</param>
/// <param name="Range">The window.</param>
/// <param name="Step">The resolution; null for the server's evaluation interval.</param>
public sealed record SubqueryExpr(PromQlExpr Inner, PromQlDuration Range, PromQlDuration? Step) : PromQlExpr
{
    public PromQlDuration? Offset { get; init; }

    public AtModifier? At { get; init; }

    public override PromQlType Type => PromQlType.RangeVector;
}

public sealed record ParenExpr(PromQlExpr Inner) : PromQlExpr
{
    public override PromQlType Type => Inner.Type;
}

/// <summary>A sign before anything but a number.</summary>
public sealed record UnaryExpr(bool Negative, PromQlExpr Inner) : PromQlExpr
{
    public override PromQlType Type => Inner.Type;
}

/// <summary><c>left operator right</c>.</summary>
public sealed record BinaryExpr(PromQlOperator Operator, PromQlExpr Left, PromQlExpr Right) : PromQlExpr
{
    /// <summary><c>bool</c>: a comparison gives 0 or 1 and does not filter.</summary>
    public bool ReturnsBool { get; init; }

    /// <summary>How series find each other; null for one to one on all labels.</summary>
    public VectorMatching? Matching { get; init; }

    public override PromQlType Type => Left.Type == PromQlType.Scalar && Right.Type == PromQlType.Scalar ? PromQlType.Scalar : PromQlType.InstantVector;
}

/// <summary><c>sum by (job) (x)</c>.</summary>
/// <param name="Operator">In lower case, as <see cref="PromQlAggregators"/> lists them.</param>
/// <param name="Inner">An instant vector.</param>
/// <param name="Parameter">What stands before it: the k of topk, the quantile, the label of count_values.</param>
public sealed record AggregateExpr(string Operator, PromQlExpr Inner, PromQlExpr? Parameter = null) : PromQlExpr
{
    /// <summary>The labels of by or without.</summary>
    public SyntaxList<string> Grouping { get; init; } = [];

    public bool Without { get; init; }

    public override PromQlType Type => PromQlType.InstantVector;
}

/// <summary>A call of a function.</summary>
public sealed record CallExpr(PromQlFunction Function, SyntaxList<PromQlExpr> Arguments) : PromQlExpr
{
    public override PromQlType Type => Function.Returns;
}
