using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.Guard;

/// <summary>Everything of the policy but the forced matchers, in one walk.</summary>
internal sealed class PromQlGuardWalk(QueryPolicy policy, QueryRange? range, DateTimeOffset? now, List<GuardFinding> findings)
{
    private int depth;

    /// <param name="Window">Seconds that the subqueries around reach back.</param>
    /// <param name="Moved">Seconds that the offsets of the subqueries around move it, whichever way.</param>
    /// <param name="Evaluations">How often the subqueries and the range around evaluate this.</param>
    /// <param name="IsAggregated">An aggregation around takes the labels away again.</param>
    private readonly record struct Place(double Window, double Moved, double Evaluations, bool IsAggregated);

    /// <summary>False when the tree is deeper than the policy allows; the rest of it is then not looked at.</summary>
    internal bool Walk(PromQlExpr expression) => Walk(expression, new Place(0, 0, range?.Points ?? 1, false));

    /// <summary>Whether a selector with all its matchers names what it selects.</summary>
    internal static bool IsBounded(VectorSelector selector, QueryPolicy policy, [NotNullWhen(false)] out GuardFinding? finding)
    {
        finding = null;
        var (any, label) = (selector.Name is not null, false);
        foreach (var matcher in selector.Matchers.AsSpan())
        {
            // A forced label alone mostly bounds nothing: a tenant's every series is still everything that the asker can see.
            if (!(any && label) && (policy.ForcedLabelsBound || !policy.ForcedLabels.ContainsKey(matcher.Label)) && MatcherRules.IsSelective(matcher))
            {
                any = true;
                label |= matcher.Label != VectorSelector.NameLabel;
            }
        }

        if (!any)
        {
            finding = new GuardFinding(
                GuardCodes.Unbounded, "the selector names neither a metric nor a label's value, so that it reads very many series; add a metric's name or label=\"value\"", selector.Span);
        }
        else if (!label && policy.LargeMetrics.Count > 0 && !(selector.Metric is { } metric && !policy.LargeMetrics.Contains(metric)))
        {
            finding = new GuardFinding(
                GuardCodes.LargeMetric, $"{selector.Metric ?? "what the selector names"} may have very many series; fix at least one label, as in job=\"api\"", selector.Span);
        }

        return finding is null;
    }

    private bool Walk(PromQlExpr expression, Place place)
    {
        if (++depth > policy.MaxNesting)
        {
            if (!findings.Exists(f => f.Code == GuardCodes.TooDeep))
            {
                findings.Add(new GuardFinding(GuardCodes.TooDeep, $"the query nests deeper than {policy.MaxNesting} levels", expression.Span));
            }

            return false;
        }

        var fits = expression switch
        {
            VectorSelector selector => Selector(selector, place),
            RangeSelector window => Selector(window.Selector, place with { Window = place.Window + Window(window.Range, place, window.Span) }),
            SubqueryExpr subquery => Walk(subquery.Inner, Subquery(subquery, place)),
            ParenExpr paren => Walk(paren.Inner, place),
            UnaryExpr unary => Walk(unary.Inner, place),
            BinaryExpr binary => Walk(binary.Left, place) & Walk(binary.Right, place),
            AggregateExpr aggregate => Aggregate(aggregate, place),
            CallExpr call => Call(call, place),
            _ => true,
        };
        depth--;
        return fits;
    }

    private bool Selector(VectorSelector selector, Place place)
    {
        MatcherRules.CheckPatterns(selector.Matchers, policy, findings);
        Reach(selector.Offset, selector.At, place, selector.Span);
        if (place.Evaluations > policy.MaxEvaluations && !findings.Exists(f => f.Code is GuardCodes.TooManyEvaluations or GuardCodes.TooManyPoints))
        {
            findings.Add(new GuardFinding(
                GuardCodes.TooManyEvaluations,
                string.Create(CultureInfo.InvariantCulture, $"the selector would be evaluated {place.Evaluations:0} times for each series; at most {policy.MaxEvaluations} are allowed; take longer steps"),
                selector.Span));
        }

        return true;
    }

    /// <summary>The window in seconds; checked together with those around it.</summary>
    private double Window(PromQlDuration window, Place place, SourceSpan span)
    {
        // Without a range the server's step() and range() are 0.
        var seconds = window.Seconds(range?.Step.TotalSeconds ?? 0, range?.Length.TotalSeconds ?? 0) ?? double.NaN;
        if (!(seconds + place.Window <= policy.MaxWindow.TotalSeconds))
        {
            var around = place.Window > 0 ? ", with the windows around it," : "";
            findings.Add(new GuardFinding(GuardCodes.WindowTooLong, $"the window{around} is longer than {QueryDuration.Format(policy.MaxWindow)}", window.Span.Length > 0 ? window.Span : span));
        }

        return seconds;
    }

    /// <summary>Seconds that what is inside is moved by; checked together with all that reaches back.</summary>
    private double Reach(PromQlDuration? offset, AtModifier? at, Place place, SourceSpan span)
    {
        var by = offset is null ? 0 : Math.Abs(offset.Seconds(range?.Step.TotalSeconds ?? 0, range?.Length.TotalSeconds ?? 0) ?? double.NaN);
        var from = at is { Kind: AtKind.Timestamp, Seconds: var fixedAt } && now is { } today ? Math.Abs((today.ToUnixTimeMilliseconds() / 1000d) - fixedAt) : 0;
        var moved = place.Moved + by + from;
        var reach = moved + place.Window + (range?.Length.TotalSeconds ?? 0);
        if (moved != 0 && !(reach <= policy.MaxReach.TotalSeconds) && !findings.Exists(f => f.Code == GuardCodes.ReachTooFar))
        {
            findings.Add(new GuardFinding(
                GuardCodes.ReachTooFar, $"with its offsets, windows and fixed times the query reaches further than {QueryDuration.Format(policy.MaxReach)}", span));
        }

        return moved;
    }

    private Place Subquery(SubqueryExpr subquery, Place place)
    {
        var window = Window(subquery.Range, place, subquery.Span);
        var step = subquery.Step is { } given ? given.Seconds(range?.Step.TotalSeconds ?? 0, range?.Length.TotalSeconds ?? 0) ?? 0 : policy.DefaultStep.TotalSeconds;

        var moved = Reach(subquery.Offset, subquery.At, place with { Window = place.Window + window }, subquery.Span);

        // Prometheus takes milliseconds at the finest.
        return place with { Window = place.Window + window, Moved = moved, Evaluations = place.Evaluations * Math.Max(1, Math.Ceiling(window / Math.Max(0.001, step))) };
    }

    private bool Aggregate(AggregateExpr aggregate, Place place)
    {
        Permitted(aggregate.Operator, aggregate.Span);
        if (!aggregate.Without && !place.IsAggregated && aggregate.Grouping.FirstOrDefault(policy.LargeLabels.Contains) is { } large)
        {
            findings.Add(new GuardFinding(GuardCodes.LargeLabel, $"the label '{large}' has very many values; no result may be grouped by it; topk(10, ...) keeps the largest", aggregate.Span));
        }

        if (aggregate is { Operator: "count_values", Parameter: { } label })
        {
            NotForced(Unwrapped(label), "count_values", label.Span);
        }

        var fits = aggregate.Parameter is null || Walk(aggregate.Parameter, place);
        return Walk(aggregate.Inner, place with { IsAggregated = true }) & fits;
    }

    private bool Call(CallExpr call, Place place)
    {
        var name = call.Function.Name;
        Permitted(name, call.Span);
        if (name == "info" && policy.ForcedLabels.Count > 0)
        {
            findings.Add(new GuardFinding(GuardCodes.Function, "info reads series past the matchers of the query, and so past the labels that are forced here", call.Span));
        }

        if (name is "label_replace" or "label_join" && call.Arguments.Count > 1)
        {
            NotForced(Unwrapped(call.Arguments[1]), name, call.Arguments[1].Span);
        }

        if (name == "label_replace" && call.Arguments.Count == 5 && Unwrapped(call.Arguments[4]) is { } pattern)
        {
            MatcherRules.CheckPattern(pattern, call.Arguments[4].Span, policy, findings);
        }

        var fits = true;
        foreach (var argument in call.Arguments.AsSpan())
        {
            fits &= Walk(argument, place);
        }

        return fits;
    }

    /// <summary>The text of a string, in parentheses or not.</summary>
    private static string? Unwrapped(PromQlExpr expression)
    {
        while (expression is ParenExpr paren)
        {
            expression = paren.Inner;
        }

        return (expression as StringExpr)?.Value;
    }

    private void NotForced(string? label, string function, SourceSpan span)
    {
        if (label is not null && policy.ForcedLabels.ContainsKey(label))
        {
            findings.Add(new GuardFinding(GuardCodes.ForcedLabel, $"{function} may not write the label '{label}': results would seem to be of someone else", span));
        }
    }

    private void Permitted(string function, SourceSpan span)
    {
        if (!policy.Permits(function))
        {
            findings.Add(new GuardFinding(GuardCodes.Function, $"the function {function} is not allowed here", span));
        }
    }
}
