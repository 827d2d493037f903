using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.Guard;

/// <summary>Why a query is not sent.</summary>
/// <param name="Code">One of <see cref="GuardCodes"/>.</param>
/// <param name="Message">One sentence for the person who asked.</param>
/// <param name="Span">The part of the query it is about; empty for what was built or for the whole.</param>
public sealed record GuardFinding(string Code, string Message, SourceSpan Span);

/// <summary>The kinds of findings.</summary>
public static class GuardCodes
{
    public const string RangeTooLong = "range_too_long";
    public const string TooManyPoints = "too_many_points";
    public const string WindowTooLong = "window_too_long";
    public const string ReachTooFar = "reach_too_far";
    public const string TooManyEvaluations = "too_many_evaluations";
    public const string ForcedLabel = "forced_label";
    public const string Unbounded = "unbounded_selector";
    public const string LargeMetric = "large_metric";
    public const string LargeLabel = "large_label";
    public const string Function = "function_denied";
    public const string RegexCost = "regex_cost";
    public const string QueryTooLong = "query_too_long";
    public const string TooDeep = "nesting_too_deep";
}
