using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

internal enum PromQlTokenKind
{
    End,
    Identifier,

    /// <summary>A name with a colon, which only a metric may have.</summary>
    MetricIdentifier,
    Number,
    Duration,
    String,
    LeftParen,
    RightParen,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    Comma,
    Colon,
    Equal,
    RegexMatch,
    RegexNoMatch,
    At,

    // Binary operators.
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    EqualEqual,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    TrimUpper,
    TrimLower,
    And,
    Or,
    Unless,
    Atan2,

    // Words with a meaning.
    Aggregator,
    Bool,
    By,
    Without,
    On,
    Ignoring,
    GroupLeft,
    GroupRight,
    Fill,
    FillLeft,
    FillRight,
    Offset,
    Anchored,
    Smoothed,
    StartWord,
    EndWord,
    Step,
    Range,
    MaxOf,
    MinOf,
}

/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="End">The position behind it.</param>
/// <param name="Text">A string's value without its quotes; null for everything else.</param>
internal readonly record struct PromQlToken(PromQlTokenKind Kind, int Start, int End, string? Text = null)
{
    internal SourceSpan Span => SourceSpan.Between(Start, End);
}
