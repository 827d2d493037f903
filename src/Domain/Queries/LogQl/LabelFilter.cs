using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>A condition on labels, which a line must meet.</summary>
public abstract record LabelFilter : LogQlNode;

/// <summary><c>level = "error"</c>.</summary>
public sealed record LabelTextFilter(MatcherSyntax Matcher) : LabelFilter;

/// <summary><c>status >= 500</c>.</summary>
public sealed record LabelNumberFilter(string Label, LabelComparison Comparison, double Value) : LabelFilter;

/// <summary><c>latency > 250ms</c>.</summary>
public sealed record LabelDurationFilter(string Label, LabelComparison Comparison, long Nanoseconds) : LabelFilter;

/// <summary><c>size > 20MB</c>.</summary>
public sealed record LabelBytesFilter(string Label, LabelComparison Comparison, ulong Bytes) : LabelFilter;

/// <summary><c>addr = ip("10.0.0.0/8")</c> or with <c>!=</c>.</summary>
public sealed record LabelIpFilter(string Label, bool Negated, string Range) : LabelFilter;

/// <summary>Both: <c>a and b</c>, <c>a, b</c> or <c>a b</c>.</summary>
public sealed record LabelAndFilter(LabelFilter Left, LabelFilter Right) : LabelFilter;

/// <summary>At least one of the two.</summary>
public sealed record LabelOrFilter(LabelFilter Left, LabelFilter Right) : LabelFilter;
