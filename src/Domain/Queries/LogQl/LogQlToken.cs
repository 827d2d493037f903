using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

internal enum LogQlTokenKind
{
    End, Identifier, Text, Number, Duration, Bytes, Range, Flag,
    OpenBrace, CloseBrace, OpenParenthesis, CloseParenthesis, Comma, Pipe,

    /// <summary><c>=</c>; and <c>=~</c>.</summary>
    Assign, RegexMatch,

    /// <summary><c>|=</c>, <c>|~</c>, <c>|></c>, <c>!></c>, <c>!~</c>; the index is the <see cref="LineMatch"/>.</summary>
    LineFilter,

    /// <summary>An operator between metrics, also one that is a word; the index is the <see cref="LogQlOperator"/>.</summary>
    Operator,

    RangeFunction, VectorFunction, Conversion, LabelReplace, Vector, Ip,
    By, Without, Bool, Offset, On, Ignoring, GroupLeft, GroupRight,
    Unwrap, Json, Regexp, Logfmt, Unpack, Pattern, LineFormat, LabelFormat, Decolorize, Drop, Keep,
}

/// <summary>A word of a query.</summary>
/// <param name="Index">Which function, operator or match it is.</param>
/// <param name="Value">A string's content.</param>
/// <param name="Amount">Nanoseconds of a duration, milliseconds of a range, or bytes.</param>
internal readonly record struct LogQlToken(LogQlTokenKind Kind, SourceSpan Span, int Index = 0, string? Value = null, long Amount = 0)
{
    internal bool Is(LogQlOperator logQlOperator) => Kind == LogQlTokenKind.Operator && Index == (int)logQlOperator;
}
