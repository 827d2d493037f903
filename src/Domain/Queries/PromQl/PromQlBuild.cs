using System.Diagnostics.CodeAnalysis;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>
/// Builds queries from values that come from outside. A value can be any string: it becomes a name or a value in the tree, and the printer quotes it.
/// Half surrogates become U+FFFD. Names that are no plain words are quoted, which only 3.x reads; 2.42 refuses such a query and runs nothing.
/// </summary>
public static class PromQlBuild
{
    public static MatcherSyntax Equal(string label, string value) => Matcher(label, MatchOperator.Equal, value);

    public static MatcherSyntax NotEqual(string label, string value) => Matcher(label, MatchOperator.NotEqual, value);

    /// <summary>The label has one of the values; each is escaped.</summary>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public static MatcherSyntax OneOf(string label, params IReadOnlyCollection<string> values)
    {
        var texts = values.Select(GoString.WellFormed).Distinct(StringComparer.Ordinal).ToList();
        return texts switch
        {
            [] => throw new ArgumentException("at least one value is needed", nameof(values)),
            [var only] => Equal(label, only),
            _ => Matcher(label, MatchOperator.RegexMatch, string.Join('|', texts.Select(Re2Syntax.Escape))),
        };
    }

    /// <summary>The label matches a pattern, which is taken as it is.</summary>
    /// <exception cref="ArgumentException">Not a regular expression of RE2.</exception>
    public static MatcherSyntax Matches(string label, string pattern) => Pattern(label, MatchOperator.RegexMatch, pattern);

    /// <summary>The label does not match a pattern, which is taken as it is.</summary>
    /// <exception cref="ArgumentException">Not a regular expression of RE2.</exception>
    public static MatcherSyntax MatchesNot(string label, string pattern) => Pattern(label, MatchOperator.RegexNoMatch, pattern);

    /// <summary>Series of one metric.</summary>
    /// <exception cref="ArgumentException">The name is empty, or a matcher names another metric.</exception>
    public static VectorSelector Selector(string metric, params ReadOnlySpan<MatcherSyntax> matchers)
    {
        var name = Named(metric, nameof(metric));
        return PromQlWords.IsPlainMetricName(name)
            ? Checked(new VectorSelector(name, SyntaxList.Create(matchers)))
            : new VectorSelector(null, [new MatcherSyntax(VectorSelector.NameLabel, MatchOperator.Equal, name), .. matchers]);
    }

    /// <summary>Series of any metric.</summary>
    /// <exception cref="ArgumentException">Every matcher is satisfied by an empty label, so that everything would be selected.</exception>
    public static VectorSelector Series(params ReadOnlySpan<MatcherSyntax> matchers)
    {
        var selector = new VectorSelector(null, SyntaxList.Create(matchers));
        return selector.Matchers.All(PromQlTypeCheck.MatchesEmpty) ? throw new ArgumentException("a selector needs a matcher that an empty label does not satisfy", nameof(matchers)) : selector;
    }

    /// <exception cref="ArgumentOutOfRangeException">The window is not at least a millisecond.</exception>
    public static RangeSelector Range(VectorSelector selector, TimeSpan window) => new(selector, Window(window));

    /// <param name="inner">An instant vector.</param>
    /// <param name="window">The window it is evaluated over.</param>
    /// <param name="step">The resolution; null for the server's.</param>
    public static SubqueryExpr Subquery(PromQlExpr inner, TimeSpan window, TimeSpan? step = null) =>
        new(Of(inner, PromQlType.InstantVector), Window(window), step is { } s ? Window(s) : null);

    public static CallExpr Rate(VectorSelector selector, TimeSpan window) => Call("rate", Range(selector, window));

    public static CallExpr Increase(VectorSelector selector, TimeSpan window) => Call("increase", Range(selector, window));

    public static CallExpr HistogramQuantile(double quantile, PromQlExpr buckets) => Call("histogram_quantile", new NumberExpr(quantile), buckets);

    /// <summary>A call of any function of the dialect.</summary>
    /// <exception cref="ArgumentException">There is no such function, or it takes other arguments.</exception>
    public static CallExpr Call(string function, params ReadOnlySpan<PromQlExpr> arguments) => Call(function, PromQlDialect.V3, arguments);

    /// <inheritdoc cref="Call(string, ReadOnlySpan{PromQlExpr})"/>
    public static CallExpr Call(string function, PromQlDialect dialect, params ReadOnlySpan<PromQlExpr> arguments)
    {
        var known = PromQlFunctions.Find(function, dialect) ?? throw new ArgumentException($"there is no function '{function}'", nameof(function));
        return Checked(new CallExpr(known, SyntaxList.Create(arguments)));
    }

    public static AggregateExpr Sum(PromQlExpr inner, params IReadOnlyCollection<string> by) => Aggregate("sum", inner, by);

    public static AggregateExpr TopK(int count, PromQlExpr inner) => Checked(new AggregateExpr("topk", inner, new NumberExpr(count)));

    /// <summary>An aggregation without a parameter.</summary>
    /// <exception cref="ArgumentException">There is no such operator, a label's name is empty, or <paramref name="inner"/> is no instant vector.</exception>
    public static AggregateExpr Aggregate(string name, PromQlExpr inner, params IReadOnlyCollection<string> by)
    {
        if (!PromQlAggregators.All(PromQlDialect.V3).Contains(name) || PromQlAggregators.ParameterType(name) is not null)
        {
            throw new ArgumentException($"there is no aggregation '{name}' without a parameter", nameof(name));
        }

        return Checked(new AggregateExpr(name, inner) { Grouping = [.. by.Select(l => Named(l, nameof(by)))] });
    }

    /// <summary>Two expressions with an operator; the printer adds what parentheses it needs.</summary>
    /// <exception cref="ArgumentException">The operator does not take such operands.</exception>
    public static BinaryExpr Binary(PromQlExpr left, PromQlOperator sign, PromQlExpr right, bool returnsBool = false) =>
        Checked(new BinaryExpr(sign, Wrapped(left, sign, false), Wrapped(right, sign, true)) { ReturnsBool = returnsBool });

    /// <summary>A text as an argument, for functions such as label_replace.</summary>
    public static StringExpr Text(string value) => new(GoString.WellFormed(value));

    public static NumberExpr Number(double value) => new(value);

    private static PromQlExpr Wrapped(PromQlExpr operand, PromQlOperator sign, bool isRight) => operand is BinaryExpr inner
        && (inner.Operator.Precedence() < sign.Precedence() || (inner.Operator.Precedence() == sign.Precedence() && isRight != (sign == PromQlOperator.Power)))
        ? new ParenExpr(operand)
        : operand is UnaryExpr or NumberExpr { Value: < 0 } && sign == PromQlOperator.Power && !isRight ? new ParenExpr(operand) : operand;

    private static MatcherSyntax Matcher(string label, MatchOperator sign, string value) => new(Named(label, nameof(label)), sign, GoString.WellFormed(value));

    private static MatcherSyntax Pattern(string label, MatchOperator sign, string pattern)
    {
        var text = GoString.WellFormed(pattern);
        return Re2Syntax.TryParse(text, out _, out var problem, out _, angleNames: false) ? Matcher(label, sign, text) : throw new ArgumentException(problem, nameof(pattern));
    }

    private static string Named(string name, string parameter) => name.Length > 0 ? GoString.WellFormed(name) : throw new ArgumentException("a name is empty", parameter);

    private static DurationLiteral Window(TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, TimeSpan.FromMilliseconds(1));
        return new DurationLiteral(Math.Floor(window.TotalMilliseconds) / 1000d);
    }

    private static PromQlExpr Of(PromQlExpr expression, PromQlType type) =>
        expression.Type == type ? expression : throw new ArgumentException($"{type.Words()} is needed, and this is {expression.Type.Words()}");

    [return: NotNull]
    private static T Checked<T>(T expression)
        where T : PromQlExpr
    {
        string? problem = null;
        new PromQlTypeCheck((message, _) =>
        {
            problem = message;
            return expression;
        }).Check(expression);
        return problem is null ? expression : throw new ArgumentException(problem);
    }
}
