using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>
/// Builds LogQL from values. A value stays a value whatever it holds: the printer quotes it. Labels that LogQL cannot write are refused when the query is printed;
/// lone surrogates, which no query can carry, become U+FFFD.
/// </summary>
public static class LogQlFactory
{
    public static MatcherSyntax Equal(string label, string value) => new(label, MatchOperator.Equal, Text(value));

    public static MatcherSyntax NotEqual(string label, string value) => new(label, MatchOperator.NotEqual, Text(value));

    /// <param name="pattern">A regular expression, not a value; see <see cref="AnyOf"/> for values.</param>
    public static MatcherSyntax Matches(string label, string pattern) => new(label, MatchOperator.RegexMatch, Text(pattern));

    /// <summary>The label has one of the values, each taken literally.</summary>
    public static MatcherSyntax AnyOf(string label, IReadOnlyCollection<string> values) =>
        values.Count == 1 ? Equal(label, values.First()) : Matches(label, string.Join('|', values.Select(Escape)));

    /// <exception cref="ArgumentException">All matchers let the empty value pass, which Loki refuses.</exception>
    public static LogQuery Select(params ReadOnlySpan<MatcherSyntax> matchers)
    {
        foreach (var matcher in matchers)
        {
            if (IsSelective(matcher))
            {
                return new LogQuery(new StreamSelector([.. matchers]), []);
            }
        }

        throw new ArgumentException("a selector needs a matcher that the empty value does not meet", nameof(matchers));
    }

    public static LogQuery Then(this LogQuery query, LogQlStage stage) => query with { Stages = [.. query.Stages, stage] };

    /// <summary>Lines that hold one of the texts.</summary>
    public static LogQuery Containing(this LogQuery query, params ReadOnlySpan<string> texts) => query.Then(LineFilter(LineMatch.Contains, texts));

    /// <summary>Lines that hold none of the texts.</summary>
    public static LogQuery NotContaining(this LogQuery query, params ReadOnlySpan<string> texts) => query.Then(LineFilter(LineMatch.NotContains, texts));

    /// <summary>Lines that hold the text in any case.</summary>
    public static LogQuery ContainingAnyCase(this LogQuery query, string text) => query.Then(LineFilter(LineMatch.Regex, $"(?i){Escape(text)}"));

    public static LogQuery Json(this LogQuery query) => query.Then(new JsonStage([]));

    public static LogQuery Logfmt(this LogQuery query) => query.Then(new LogfmtStage(false, false, []));

    /// <summary>Lines whose label, also one that an earlier stage made, has the value.</summary>
    public static LogQuery Where(this LogQuery query, string label, string value) =>
        query.Then(new LabelFilterStage(new LabelTextFilter(Equal(label, value))));

    public static LogQuery Where(this LogQuery query, string label, LabelComparison comparison, double value) =>
        query.Then(new LabelFilterStage(new LabelNumberFilter(label, comparison, value)));

    public static RangeAggregation CountOverTime(this LogQuery query, TimeSpan range) => query.Over(RangeFunction.CountOverTime, range);

    public static RangeAggregation Rate(this LogQuery query, TimeSpan range) => query.Over(RangeFunction.Rate, range);

    /// <param name="unwrap">The label whose number is aggregated; null for functions over lines.</param>
    /// <exception cref="ArgumentException">The function does not go with or without unwrap, or needs a parameter.</exception>
    public static RangeAggregation Over(this LogQuery query, RangeFunction function, TimeSpan range, string? unwrap = null, double? quantile = null)
    {
        if (!(unwrap is null ? LogQlTypes.TakesLines(function) : LogQlTypes.TakesUnwrap(function)) || quantile is null == (function == RangeFunction.QuantileOverTime))
        {
            throw new ArgumentException($"{LogQlWords.NameOf(function)} does not go with these arguments", nameof(function));
        }

        var label = unwrap is null ? null : new LogUnwrap(unwrap, UnwrapConversion.None, []);
        return new RangeAggregation(function, quantile, new LogRange(query, label, (long)range.TotalMilliseconds, 0), null);
    }

    /// <summary>The same, so long ago.</summary>
    public static RangeAggregation Offset(this RangeAggregation aggregation, TimeSpan offset) =>
        aggregation with { Range = aggregation.Range with { OffsetNanoseconds = checked(offset.Ticks * 100) } };

    /// <summary>The sum by the labels; over all series without any.</summary>
    public static VectorAggregation SumBy(this LogQlMetric metric, params ReadOnlySpan<string> labels) => metric.Aggregate(VectorFunction.Sum, labels);

    public static VectorAggregation Aggregate(this LogQlMetric metric, VectorFunction function, params ReadOnlySpan<string> labels) =>
        new(function, null, metric, labels.IsEmpty ? null : new LogGrouping(false, [.. labels]));

    /// <summary>The series with the largest values.</summary>
    public static VectorAggregation Top(this LogQlMetric metric, int count) => new(VectorFunction.TopK, count, metric, null);

    public static LogBinary Divide(this LogQlMetric metric, LogQlMetric by) => new(metric, LogQlOperator.Divide, by, false, null);

    /// <summary>The regular expression that the text alone matches.</summary>
    public static string Escape(string text)
    {
        var escaped = new System.Text.StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            escaped.Append(@"\.+*?()|[]{}^$".Contains(c, StringComparison.Ordinal) ? "\\" : "").Append(c);
        }

        return escaped.ToString();
    }

    internal static bool IsSelective(MatcherSyntax matcher) => matcher.Operator switch
    {
        MatchOperator.Equal => matcher.Value.Length > 0,
        MatchOperator.NotEqual => matcher.Value.Length == 0,
        _ => Re2Syntax.TryParse(matcher.Value, out var syntax, out _, out _) && syntax!.MatchesEmpty == (matcher.Operator == MatchOperator.RegexNoMatch),
    };

    private static LineFilterStage LineFilter(LineMatch match, params ReadOnlySpan<string> texts)
    {
        var list = new LineFilterText[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            list[i] = new LineFilterText(Text(texts[i]));
        }

        return new LineFilterStage(match, [.. list]);
    }

    private static string Text(string value) => GoString.WellFormed(value);
}
