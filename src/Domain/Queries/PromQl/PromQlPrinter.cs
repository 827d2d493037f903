using System.Text;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>
/// Writes a tree as its canonical text. Every name and value is checked or quoted here, so that no string in a tree can end the place where it stands;
/// parentheses are added where a tree that was built needs them.
/// </summary>
public static partial class PromQlPrinter
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
