using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

public sealed partial class LogQlParser
{
    /// <summary>Operators that bind at least as tightly as <paramref name="precedence"/>, and their operands.</summary>
    /// <param name="first">The first operand when it has been read already.</param>
    private LogQlExpression Expression(int precedence, LogQlExpression? first)
    {
        Enter();
        var left = first ?? Operand();
        while (Is(LogQlTokenKind.Operator) && LogQlWords.PrecedenceOf((LogQlOperator)token.Index) is var own && own >= precedence)
        {
            var sign = Take();
            CountOperator(sign.Span);
            var chosen = (LogQlOperator)sign.Index;
            var returnBool = TryTake(LogQlTokenKind.Bool);
            var matching = Matching();
            var right = Expression(chosen == LogQlOperator.Power ? own : own + 1, null);
            left = Combine(left, chosen, right, returnBool, matching);
        }

        depth--;
        return left;
    }

    private LogBinary Combine(LogQlExpression left, LogQlOperator chosen, LogQlExpression right, bool returnBool, LogMatching? matching)
    {
        var sign = LogQlWords.SignOf(chosen);
        var metric = Metric(left, $"the left side of {sign}");
        var other = Metric(right, $"the right side of {sign}");
        if (LogQlWords.IsSetOperator(chosen))
        {
            foreach (var side in (ReadOnlySpan<LogQlMetric>)[metric, other])
            {
                if (IsLiteral(side))
                {
                    throw Error($"{sign} joins sets of series, and this side is a number; write vector(...) around it", side.Span);
                }
            }
        }

        return new LogBinary(metric, chosen, other, returnBool, matching) { Span = left.Span.To(right.Span) };
    }

    private static bool IsLiteral(LogQlMetric metric) => metric is LogNumber || (metric is LogBinary binary && IsLiteral(binary.Left) && IsLiteral(binary.Right));

    private LogQlMetric Metric(LogQlExpression expression, string what) => expression as LogQlMetric
        ?? throw Error($"{what} must be a metric, and this is log lines; count them, for instance: count_over_time(...[5m])", expression.Span);

    private LogMatching? Matching()
    {
        if (!Is(LogQlTokenKind.On) && !Is(LogQlTokenKind.Ignoring))
        {
            return Is(LogQlTokenKind.GroupLeft) || Is(LogQlTokenKind.GroupRight)
                ? throw Error("group_left and group_right stand behind on (...) or ignoring (...)", token.Span)
                : null;
        }

        var word = Take();
        var labels = Labels($"the ( of {NameOf(word)}");
        var (cardinality, include) = (MatchCardinality.OneToOne, SyntaxList.Empty<string>());
        if (Is(LogQlTokenKind.GroupLeft) || Is(LogQlTokenKind.GroupRight))
        {
            cardinality = Take().Kind == LogQlTokenKind.GroupLeft ? MatchCardinality.ManyToOne : MatchCardinality.OneToMany;
            include = Is(LogQlTokenKind.OpenParenthesis) ? Labels("(") : include;
        }

        return new LogMatching(word.Kind == LogQlTokenKind.On, labels, cardinality, include) { Span = From(word.Span.Start) };
    }

    private LogQlExpression Operand()
    {
        switch (token.Kind)
        {
            case LogQlTokenKind.OpenBrace:
                return LogLines();
            case LogQlTokenKind.OpenParenthesis:
                Take();
                var inner = Expression(0, null);
                if (inner is LogQuery && Is(LogQlTokenKind.Range))
                {
                    throw Error("a range stands only within a function over time, as in rate({app=\"shop\"}[5m])", token.Span);
                }

                Expect(LogQlTokenKind.CloseParenthesis, ")");
                return inner;
            case LogQlTokenKind.RangeFunction:
                return RangeCall();
            case LogQlTokenKind.VectorFunction:
                return VectorCall();
            case LogQlTokenKind.LabelReplace:
                return LabelReplace();
            case LogQlTokenKind.Vector:
                var word = Take();
                Expect(LogQlTokenKind.OpenParenthesis, "(");
                var value = NumberOf(Expect(LogQlTokenKind.Number, "the number of vector(...)"));
                Expect(LogQlTokenKind.CloseParenthesis, ")");
                return new LogVector(value) { Span = From(word.Span.Start) };
            case LogQlTokenKind.Number:
                return new LogNumber(NumberOf(Take())) { Span = before.Span };
            case LogQlTokenKind.Operator when token.Is(LogQlOperator.Add) || token.Is(LogQlOperator.Subtract):
                return Signed();
            case LogQlTokenKind.Identifier:
                throw Error(LogQlSpelling.Unknown(NameOf(token)), token.Span);
            default:
                throw Unexpected("a selector such as {app=\"shop\"}, a function, a number or (");
        }
    }

    private LogNumber Signed()
    {
        var sign = Take();
        var value = NumberOf(Expect(LogQlTokenKind.Number, $"a number behind the sign {LogQlWords.SignOf((LogQlOperator)sign.Index)}"));
        return new LogNumber(sign.Is(LogQlOperator.Subtract) ? -value : value) { Span = From(sign.Span.Start) };
    }

    private double NumberOf(LogQlToken number) => LogQlNumerals.TryParse(Text.AsSpan(number.Span.Start, number.Span.Length), out var value)
        ? value
        : throw Error($"{NameOf(number)} is no number that LogQL takes; write it in decimal digits", number.Span);

    private VectorAggregation VectorCall()
    {
        var word = Take();
        var function = (VectorFunction)word.Index;
        var grouping = TryGrouping();
        Expect(LogQlTokenKind.OpenParenthesis, grouping is null ? "( or by or without" : "(");
        int? parameter = null;
        LogQlExpression? first = null;
        if (Is(LogQlTokenKind.Number))
        {
            var number = Take();
            if (TryTake(LogQlTokenKind.Comma))
            {
                parameter = Count(function, number);
            }
            else
            {
                first = new LogNumber(NumberOf(number)) { Span = number.Span };
            }
        }

        if (parameter is null && function is VectorFunction.TopK or VectorFunction.BottomK or VectorFunction.ApproxTopK)
        {
            throw Error($"{LogQlWords.NameOf(function)} needs the number of series first, as in {LogQlWords.NameOf(function)}(5, ...)", token.Span);
        }

        var operand = Metric(Expression(0, first), $"what {LogQlWords.NameOf(function)} aggregates");
        Expect(LogQlTokenKind.CloseParenthesis, "an operator or )");
        if (grouping is null)
        {
            grouping = TryGrouping();
        }
        else if (Is(LogQlTokenKind.By) || Is(LogQlTokenKind.Without))
        {
            throw Error("the labels to group by are given already, in front of the parenthesis", token.Span);
        }

        CheckGrouping(function, grouping);
        return new VectorAggregation(function, parameter, operand, grouping) { Span = From(word.Span.Start) };
    }

    private int Count(VectorFunction function, LogQlToken number)
    {
        var name = LogQlWords.NameOf(function);
        if (function is not (VectorFunction.TopK or VectorFunction.BottomK or VectorFunction.ApproxTopK))
        {
            throw Error($"{name} takes no number in front of what it aggregates", number.Span);
        }

        return int.TryParse(Text.AsSpan(number.Span.Start, number.Span.Length), System.Globalization.NumberStyles.None, null, out var count) && count > 0
            ? count
            : throw Error($"the number of series of {name} is a whole number above 0", number.Span);
    }

    private void CheckGrouping(VectorFunction function, LogGrouping? grouping)
    {
        if (grouping is not null && function == VectorFunction.ApproxTopK)
        {
            throw Error("approx_topk takes no by or without", grouping.Span);
        }

        if (grouping is { Labels.Count: > 0 } && function is VectorFunction.Sort or VectorFunction.SortDesc)
        {
            throw Error($"{LogQlWords.NameOf(function)} orders by value and takes no labels to group by", grouping!.Span);
        }
    }

    private LogLabelReplace LabelReplace()
    {
        var word = Take();
        Expect(LogQlTokenKind.OpenParenthesis, "(");
        var operand = Metric(Expression(0, null), "what label_replace changes");
        var destination = Argument("the label that is set");
        var replacement = Argument("the replacement");
        var source = Argument("the label that is read");
        var pattern = Argument("the regular expression");
        var span = before.Span;
        CheckRegex($"^(?:{pattern})$", span, "the regular expression of label_replace is wrong");
        Expect(LogQlTokenKind.CloseParenthesis, ")");
        return new LogLabelReplace(operand, destination, replacement, source, pattern) { Span = From(word.Span.Start) };
    }

    private string Argument(string what)
    {
        Expect(LogQlTokenKind.Comma, $"a comma and {what} of label_replace, in quotes");
        return ExpectText($"{what} of label_replace, in quotes");
    }

    private LogGrouping? TryGrouping()
    {
        if (!Is(LogQlTokenKind.By) && !Is(LogQlTokenKind.Without))
        {
            return null;
        }

        var word = Take();
        var labels = Labels($"( and the labels of {NameOf(word)}");
        return new LogGrouping(word.Kind == LogQlTokenKind.Without, labels) { Span = From(word.Span.Start) };
    }

    private SyntaxList<string> Labels(string open)
    {
        Expect(LogQlTokenKind.OpenParenthesis, open);
        if (TryTake(LogQlTokenKind.CloseParenthesis))
        {
            return [];
        }

        var labels = new List<string>();
        do
        {
            labels.Add(ExpectLabel("a label's name"));
        }
        while (TryTake(LogQlTokenKind.Comma));
        Expect(LogQlTokenKind.CloseParenthesis, "a comma or )");
        return [.. labels];
    }
}
