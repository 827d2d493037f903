using System.Text;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>
/// Writes a tree as its canonical text. Every name and value is checked or quoted here, so that no string in a tree can end the place where it stands;
/// parentheses are added where a tree that was built needs them.
/// </summary>
public static class PromQlPrinter
{
    public static string Print(PromQlExpr expression)
    {
        var text = new StringBuilder(128);
        Append(text, expression);
        return text.ToString();
    }

    private static void Append(StringBuilder text, PromQlExpr expression)
    {
        switch (expression)
        {
            case NumberExpr { IsDuration: true } number when DurationText.IsMilliseconds(number.Value):
                QueryDuration.Append(text, DurationText.Milliseconds(number.Value));
                break;
            case NumberExpr number:
                DurationText.AppendNumber(text, number.Value);
                break;
            case StringExpr quoted:
                GoString.AppendQuoted(text, quoted.Value);
                break;
            case VectorSelector selector:
                AppendSelector(text, selector);
                AppendModifiers(text, selector.At, selector.Offset, selector.Anchored, selector.Smoothed);
                break;
            case RangeSelector range:
                AppendSelector(text, range.Selector);
                AppendBrackets(text, range.Range, null, false);
                AppendModifiers(text, range.Selector.At, range.Selector.Offset, range.Selector.Anchored, range.Selector.Smoothed);
                break;
            case SubqueryExpr subquery:
                AppendChild(text, subquery.Inner, NeedsWrapBeforeBrackets(subquery.Inner));
                AppendBrackets(text, subquery.Range, subquery.Step, true);
                AppendModifiers(text, subquery.At, subquery.Offset, false, false);
                break;
            case ParenExpr paren:
                AppendChild(text, paren.Inner, true);
                break;
            case UnaryExpr unary:
                text.Append(unary.Negative ? '-' : '+');
                AppendChild(text, unary.Inner, unary.Inner is NumberExpr or BinaryExpr { Operator: not PromQlOperator.Power });
                break;
            case BinaryExpr binary:
                AppendBinary(text, binary);
                break;
            case AggregateExpr aggregate:
                AppendAggregate(text, aggregate);
                break;
            case CallExpr call:
                text.Append(Word(call.Function.Name));
                AppendArguments(text, call.Arguments.AsSpan());
                break;
        }
    }

    private static string Word(string name) =>
        PromQlWords.IsPlainName(name, colons: false) ? name : throw new ArgumentException($"'{name}' is neither a function nor an aggregation operator");

    private static void AppendChild(StringBuilder text, PromQlExpr child, bool wrap)
    {
        if (wrap)
        {
            text.Append('(');
        }

        Append(text, child);
        if (wrap)
        {
            text.Append(')');
        }
    }

    private static bool NeedsWrapBeforeBrackets(PromQlExpr inner) => inner is BinaryExpr or UnaryExpr or NumberExpr { Value: < 0 };

    private static void AppendSelector(StringBuilder text, VectorSelector selector)
    {
        // What is no plain name is written as a matcher, which takes any text.
        var isPlain = selector.Name is { } name && PromQlWords.IsPlainMetricName(name);
        text.Append(isPlain ? selector.Name : "");
        if (isPlain && selector.Matchers.Count == 0)
        {
            return;
        }

        text.Append('{');
        var separator = "";
        if (selector.Name is not null && !isPlain)
        {
            AppendMatcher(text, VectorSelector.NameLabel, MatchOperator.Equal, selector.Name);
            separator = ",";
        }

        foreach (var matcher in selector.Matchers.AsSpan())
        {
            text.Append(separator);
            AppendMatcher(text, matcher.Label, matcher.Operator, matcher.Value);
            separator = ",";
        }

        text.Append('}');
    }

    private static void AppendMatcher(StringBuilder text, string label, MatchOperator sign, string value)
    {
        if (PromQlWords.IsPlainName(label, colons: false))
        {
            text.Append(label);
        }
        else
        {
            GoString.AppendQuoted(text, label);
        }

        text.Append(MatcherSyntax.SignOf(sign));
        GoString.AppendQuoted(text, value);
    }

    private static void AppendBrackets(StringBuilder text, PromQlDuration range, PromQlDuration? step, bool isSubquery)
    {
        text.Append('[');
        DurationText.Append(text, range);
        text.Append(isSubquery ? ":" : "");
        if (step is not null)
        {
            DurationText.Append(text, step);
        }

        text.Append(']');
    }

    private static void AppendModifiers(StringBuilder text, AtModifier? at, PromQlDuration? offset, bool anchored, bool smoothed)
    {
        text.Append(anchored ? " anchored" : smoothed ? " smoothed" : "");
        if (at is { } modifier)
        {
            text.Append(" @ ").Append(modifier.Kind switch { AtKind.Start => "start()", AtKind.End => "end()", _ => "" });
            if (modifier.Kind == AtKind.Timestamp)
            {
                DurationText.AppendNumber(text, modifier.Seconds);
            }
        }

        if (offset is not null)
        {
            text.Append(" offset ");
            DurationText.AppendOffset(text, offset);
        }
    }

    private static void AppendBinary(StringBuilder text, BinaryExpr binary)
    {
        var own = binary.Operator.Precedence();
        var isPower = binary.Operator == PromQlOperator.Power;
        var left = Precedence(binary.Left);
        AppendChild(text, binary.Left, left < own || (isPower && left == own) || (IsInDurations(binary.Operator) && EndsInOpenOffset(binary.Left)));
        text.Append(' ').Append(binary.Operator.Sign()).Append(binary.ReturnsBool ? " bool" : "");
        if (binary.Matching is { } matching)
        {
            AppendMatching(text, matching);
        }

        text.Append(' ');
        AppendChild(text, binary.Right, binary.Right is BinaryExpr right && (right.Operator.Precedence() < own || (!isPower && right.Operator.Precedence() == own)));
    }

    private static int Precedence(PromQlExpr expression) => expression switch
    {
        BinaryExpr binary => binary.Operator.Precedence(),

        // A sign binds like a product: (-2)^2 needs its parentheses.
        UnaryExpr or NumberExpr { Value: < 0 } => PromQlOperators.PowerPrecedence - 1,
        _ => int.MaxValue,
    };

    private static bool IsInDurations(PromQlOperator o) => o is
        PromQlOperator.Add or PromQlOperator.Subtract or PromQlOperator.Multiply or PromQlOperator.Divide or PromQlOperator.Modulo or PromQlOperator.Power;

    /// <summary>Whether the last thing written is an offset that would swallow the operator behind it.</summary>
    private static bool EndsInOpenOffset(PromQlExpr expression) => expression switch
    {
        VectorSelector { Offset: { } offset } => DurationText.TakesOperators(offset),
        RangeSelector range => EndsInOpenOffset(range.Selector),
        SubqueryExpr { Offset: { } offset } => DurationText.TakesOperators(offset),
        UnaryExpr unary => EndsInOpenOffset(unary.Inner),
        BinaryExpr binary => EndsInOpenOffset(binary.Right),
        _ => false,
    };

    private static void AppendMatching(StringBuilder text, VectorMatching matching)
    {
        if (matching.On || matching.Labels.Count > 0 || matching.Cardinality != MatchCardinality.OneToOne)
        {
            text.Append(matching.On ? " on " : " ignoring ");
            AppendLabels(text, matching.Labels);
        }

        if (matching.Cardinality != MatchCardinality.OneToOne)
        {
            // The parentheses are written even when empty, for a parenthesis of the operand could follow.
            text.Append(matching.Cardinality == MatchCardinality.ManyToOne ? " group_left " : " group_right ");
            AppendLabels(text, matching.Include);
        }

        AppendFill(text, matching.FillLeft, "fill_left");
        AppendFill(text, matching.FillRight, "fill_right");
    }

    private static void AppendFill(StringBuilder text, NumberExpr? fill, string word)
    {
        if (fill is not null)
        {
            text.Append(' ').Append(word).Append(" (");
            Append(text, fill);
            text.Append(')');
        }
    }

    private static void AppendLabels(StringBuilder text, SyntaxList<string> labels)
    {
        text.Append('(');
        for (var i = 0; i < labels.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            if (PromQlWords.IsPlainGroupingLabel(labels[i]))
            {
                text.Append(labels[i]);
            }
            else
            {
                GoString.AppendQuoted(text, labels[i]);
            }
        }

        text.Append(')');
    }

    private static void AppendAggregate(StringBuilder text, AggregateExpr aggregate)
    {
        text.Append(Word(aggregate.Operator));
        if (aggregate.Without || aggregate.Grouping.Count > 0)
        {
            text.Append(aggregate.Without ? " without " : " by ");
            AppendLabels(text, aggregate.Grouping);
            text.Append(' ');
        }

        AppendArguments(text, aggregate.Parameter is { } parameter ? [parameter, aggregate.Inner] : [aggregate.Inner]);
    }

    private static void AppendArguments(StringBuilder text, ReadOnlySpan<PromQlExpr> arguments)
    {
        text.Append('(');
        for (var i = 0; i < arguments.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Append(text, arguments[i]);
        }

        text.Append(')');
    }
}
