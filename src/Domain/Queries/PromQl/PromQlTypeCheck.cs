using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>What the grammar allows and the types do not. Operands come before what they are operands of; the first error counts.</summary>
internal sealed class PromQlTypeCheck(Func<string, SourceSpan, PromQlExpr> fail)
{
    private bool failed;

    internal void Check(PromQlExpr expression)
    {
        if (failed)
        {
            return;
        }

        switch (expression)
        {
            case VectorSelector selector:
                Selector(selector, needsMatcher: true);
                break;
            case RangeSelector range:
                Check(range.Selector);
                break;
            case SubqueryExpr subquery:
                Check(subquery.Inner);
                Want(subquery.Inner, PromQlType.InstantVector, "a subquery takes");
                break;
            case ParenExpr paren:
                Check(paren.Inner);
                break;
            case UnaryExpr unary:
                Check(unary.Inner);
                WantNumbers(unary.Inner, "a sign");
                break;
            case AggregateExpr aggregate:
                Aggregate(aggregate);
                break;
            case CallExpr call:
                Call(call);
                break;
            case BinaryExpr binary:
                Check(binary.Left);
                Check(binary.Right);
                Binary(binary);
                break;
        }
    }

    private void Selector(VectorSelector selector, bool needsMatcher)
    {
        var hasCondition = selector.Name is not null || !needsMatcher;
        foreach (var matcher in selector.Matchers.AsSpan())
        {
            if (selector.Name is not null && matcher.Label == VectorSelector.NameLabel)
            {
                Fail("the metric is named twice, before the braces and in them", matcher.Span);
            }

            hasCondition = hasCondition || !MatchesEmpty(matcher);
        }

        if (!hasCondition)
        {
            Fail("a selector needs a metric's name or a matcher that an empty label does not satisfy; this one selects everything", selector.Span);
        }
    }

    internal static bool MatchesEmpty(MatcherSyntax matcher) => matcher.Operator switch
    {
        MatchOperator.Equal => matcher.Value.Length == 0,
        MatchOperator.NotEqual => matcher.Value.Length > 0,
        _ => Re2Syntax.TryParse(matcher.Value, out var syntax, out _, out _) && syntax!.MatchesEmpty == (matcher.Operator == MatchOperator.RegexMatch),
    };

    private void Aggregate(AggregateExpr aggregate)
    {
        Check(aggregate.Inner);
        Want(aggregate.Inner, PromQlType.InstantVector, $"{aggregate.Operator} aggregates");
        if (aggregate.Parameter is { } parameter)
        {
            Check(parameter);
            Want(parameter, PromQlAggregators.ParameterType(aggregate.Operator) ?? PromQlType.Scalar, $"the parameter of {aggregate.Operator} is");
        }
    }

    private void Call(CallExpr call)
    {
        var (function, given) = (call.Function, call.Arguments.Count);
        if (given < function.Required || given > function.Most)
        {
            var wanted = function.Required == function.Most ? $"{function.Most}" : function.Most == int.MaxValue ? $"at least {function.Required}" : $"{function.Required} to {function.Most}";
            Fail($"{function.Name} takes {wanted} {(function.Most == 1 ? "argument" : "arguments")}; here {(given == 1 ? "is" : "are")} {given}", call.Span);
        }

        for (var i = 0; i < given && !failed; i++)
        {
            var argument = call.Arguments[i];
            if (function.Name == "info" && i == 1)
            {
                Labels(argument);
                continue;
            }

            Check(argument);
            Want(argument, function.Arguments[Math.Min(i, function.Arguments.Count - 1)], given == 1 ? $"{function.Name} takes" : $"argument {i + 1} of {function.Name} is");
        }
    }

    /// <summary>The second argument of info names labels to add; it selects no series by itself.</summary>
    private void Labels(PromQlExpr argument)
    {
        if (argument is VectorSelector { Name: null } selector)
        {
            Selector(selector, needsMatcher: false);
        }
        else
        {
            Fail("argument 2 of info is matchers in braces without a metric's name", argument.Span);
        }
    }

    private void Binary(BinaryExpr binary)
    {
        var (sign, left, right) = (binary.Operator, binary.Left.Type, binary.Right.Type);
        var between = SourceSpan.Between(binary.Left.Span.End, binary.Right.Span.Start);
        WantNumbers(binary.Left, $"the operator {sign.Sign()}");
        WantNumbers(binary.Right, $"the operator {sign.Sign()}");
        if (binary.ReturnsBool && !sign.IsComparison())
        {
            Fail("bool can only follow a comparison", between);
        }

        if (sign.IsComparison() && !binary.ReturnsBool && left == PromQlType.Scalar && right == PromQlType.Scalar)
        {
            Fail($"a comparison of two scalars needs bool, as in 1 {sign.Sign()} bool 2", between);
        }

        if (sign.IsSet() && (left == PromQlType.Scalar || right == PromQlType.Scalar))
        {
            Fail($"{sign.Sign()} joins two instant vectors; here is a scalar", binary.Span);
        }

        if (binary.Matching is { } matching)
        {
            Matching(matching, binary, between, left == PromQlType.InstantVector && right == PromQlType.InstantVector);
        }
    }

    private void Matching(VectorMatching matching, BinaryExpr binary, SourceSpan between, bool areVectors)
    {
        if (matching.On && matching.Labels.FirstOrDefault(l => matching.Include.Contains(l)) is { } both)
        {
            Fail($"the label '{both}' cannot stand in on(...) and in group_left or group_right", between);
        }

        var hasFill = matching.FillLeft is not null || matching.FillRight is not null;
        if (!areVectors)
        {
            Fail(hasFill ? "fill can only stand between two instant vectors" : "on and ignoring can only stand between two instant vectors", between);
        }
        else if (binary.Operator.IsSet() && matching.Cardinality != MatchCardinality.OneToOne)
        {
            Fail($"{binary.Operator.Sign()} takes no group_left or group_right: it always matches many to many", between);
        }
        else if (binary.Operator.IsSet() && hasFill)
        {
            Fail($"{binary.Operator.Sign()} takes no fill", between);
        }
    }

    private void Want(PromQlExpr expression, PromQlType type, string context)
    {
        if (expression.Type != type)
        {
            var hint = (type, expression) switch
            {
                (PromQlType.RangeVector, VectorSelector) => "; add a range such as [5m]",
                (PromQlType.InstantVector, RangeSelector) => "; put it into a function such as rate(), or leave the range out",
                (PromQlType.InstantVector, NumberExpr) => "; vector(1) makes one of a number",
                _ => "",
            };
            Fail($"{context} {type.Words()}, and this is {expression.Type.Words()}{hint}", expression.Span);
        }
    }

    private void WantNumbers(PromQlExpr expression, string what)
    {
        if (expression.Type is not (PromQlType.Scalar or PromQlType.InstantVector))
        {
            Fail($"{what} takes scalars and instant vectors, and this is {expression.Type.Words()}", expression.Span);
        }
    }

    private void Fail(string message, SourceSpan span)
    {
        if (!failed)
        {
            failed = true;
            fail(message, span);
        }
    }
}
