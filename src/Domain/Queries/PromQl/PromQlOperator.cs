using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>Operators between two expressions.</summary>
public enum PromQlOperator
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    Atan2,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,

    /// <summary><c>&lt;/</c>: a native histogram without what lies above (3.x).</summary>
    TrimUpper,

    /// <summary><c>&gt;/</c>: a native histogram without what lies below (3.x).</summary>
    TrimLower,
    And,
    Or,
    Unless,
}

/// <summary>How many series of the two sides belong together.</summary>
public enum MatchCardinality
{
    OneToOne,

    /// <summary><c>group_left</c>.</summary>
    ManyToOne,

    /// <summary><c>group_right</c>.</summary>
    OneToMany,
}

/// <summary>Which series of two vectors belong together.</summary>
/// <param name="On">The labels are those that must agree; else those that need not.</param>
/// <param name="Labels">The labels of on or ignoring.</param>
public sealed record VectorMatching(bool On, SyntaxList<string> Labels)
{
    public MatchCardinality Cardinality { get; init; }

    /// <summary>Labels that the many take over from the one.</summary>
    public SyntaxList<string> Include { get; init; } = [];

    /// <summary>The value of what is missing on the left (3.x).</summary>
    public NumberExpr? FillLeft { get; init; }

    /// <summary>The value of what is missing on the right (3.x).</summary>
    public NumberExpr? FillRight { get; init; }

    /// <summary>Says what no modifier says too.</summary>
    internal bool IsDefault => !On && Labels.Count == 0 && Cardinality == MatchCardinality.OneToOne && FillLeft is null && FillRight is null;
}

internal static class PromQlOperators
{
    internal const int PowerPrecedence = 6;

    internal static bool IsComparison(this PromQlOperator o) => o is >= PromQlOperator.Equal and <= PromQlOperator.GreaterOrEqual;

    internal static bool IsSet(this PromQlOperator o) => o is PromQlOperator.And or PromQlOperator.Or or PromQlOperator.Unless;

    /// <summary>Larger binds tighter.</summary>
    internal static int Precedence(this PromQlOperator o) => o switch
    {
        PromQlOperator.Or => 1,
        PromQlOperator.And or PromQlOperator.Unless => 2,
        PromQlOperator.Add or PromQlOperator.Subtract => 4,
        PromQlOperator.Multiply or PromQlOperator.Divide or PromQlOperator.Modulo or PromQlOperator.Atan2 => 5,
        PromQlOperator.Power => PowerPrecedence,
        _ => 3,
    };

    internal static string Sign(this PromQlOperator o) => o switch
    {
        PromQlOperator.Add => "+",
        PromQlOperator.Subtract => "-",
        PromQlOperator.Multiply => "*",
        PromQlOperator.Divide => "/",
        PromQlOperator.Modulo => "%",
        PromQlOperator.Power => "^",
        PromQlOperator.Atan2 => "atan2",
        PromQlOperator.Equal => "==",
        PromQlOperator.NotEqual => "!=",
        PromQlOperator.Less => "<",
        PromQlOperator.LessOrEqual => "<=",
        PromQlOperator.Greater => ">",
        PromQlOperator.GreaterOrEqual => ">=",
        PromQlOperator.TrimUpper => "</",
        PromQlOperator.TrimLower => ">/",
        PromQlOperator.And => "and",
        PromQlOperator.Or => "or",
        _ => "unless",
    };

    internal static PromQlOperator? From(PromQlTokenKind kind) => kind switch
    {
        PromQlTokenKind.Add => PromQlOperator.Add,
        PromQlTokenKind.Sub => PromQlOperator.Subtract,
        PromQlTokenKind.Mul => PromQlOperator.Multiply,
        PromQlTokenKind.Div => PromQlOperator.Divide,
        PromQlTokenKind.Mod => PromQlOperator.Modulo,
        PromQlTokenKind.Pow => PromQlOperator.Power,
        PromQlTokenKind.Atan2 => PromQlOperator.Atan2,
        PromQlTokenKind.EqualEqual => PromQlOperator.Equal,
        PromQlTokenKind.NotEqual => PromQlOperator.NotEqual,
        PromQlTokenKind.Less => PromQlOperator.Less,
        PromQlTokenKind.LessEqual => PromQlOperator.LessOrEqual,
        PromQlTokenKind.Greater => PromQlOperator.Greater,
        PromQlTokenKind.GreaterEqual => PromQlOperator.GreaterOrEqual,
        PromQlTokenKind.TrimUpper => PromQlOperator.TrimUpper,
        PromQlTokenKind.TrimLower => PromQlOperator.TrimLower,
        PromQlTokenKind.And => PromQlOperator.And,
        PromQlTokenKind.Or => PromQlOperator.Or,
        PromQlTokenKind.Unless => PromQlOperator.Unless,
        _ => null,
    };
}
