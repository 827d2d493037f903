using System.Globalization;
using System.Text;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>
/// Writes expressions in one canonical form that Loki reads back as the same: strings in double quotes, parentheses only where they change something, the range
/// behind the stages. What cannot be written (a label that is no name, a number that is not finite, a negative range) is an <see cref="ArgumentException"/>,
/// so that a value from outside never becomes anything but a value.
/// </summary>
public static partial class LogQlPrinter
{
    [ThreadStatic]
    private static StringBuilder? spare;

    /// <exception cref="ArgumentException">The expression holds something that LogQL cannot say.</exception>
    public static string Print(LogQlExpression expression)
    {
        var text = spare ?? new StringBuilder(256);
        spare = null;
        text.Clear();
        Append(text, expression);
        var printed = text.ToString();
        spare = text.Capacity <= 16_384 ? text : null;
        return printed;
    }

    private static void Append(StringBuilder text, LogQlExpression expression)
    {
        switch (expression)
        {
            case LogQuery query:
                Append(text, query);
                break;
            case RangeAggregation range:
                Append(text, range);
                break;
            case VectorAggregation vector:
                Append(text, vector);
                break;
            case LogBinary binary:
                Append(text, binary);
                break;
            case LogLabelReplace replace:
                text.Append("label_replace(");
                Append(text, replace.Operand);
                foreach (var argument in (ReadOnlySpan<string>)[replace.Destination, replace.Replacement, replace.Source, replace.Pattern])
                {
                    text.Append(", ");
                    GoString.AppendQuoted(text, argument);
                }

                text.Append(')');
                break;
            case LogVector vector:
                text.Append("vector(");
                Positive(text, vector.Value);
                text.Append(')');
                break;
            case LogNumber number:
                LogQlNumerals.Append(text, number.Value);
                break;
            default:
                throw new ArgumentException($"{expression.GetType().Name} is no LogQL expression", nameof(expression));
        }
    }

    private static void Append(StringBuilder text, LogQuery query)
    {
        Append(text, query.Selector);
        foreach (var stage in query.Stages)
        {
            text.Append(' ');
            Append(text, stage);
        }
    }

    private static void Append(StringBuilder text, StreamSelector selector)
    {
        text.Append('{');
        for (var i = 0; i < selector.Matchers.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Append(text, selector.Matchers[i], "");
        }

        text.Append('}');
    }

    private static void Append(StringBuilder text, MatcherSyntax matcher, string space)
    {
        Label(text, matcher.Label);
        text.Append(space).Append(matcher.Sign).Append(space);
        GoString.AppendQuoted(text, matcher.Value);
    }

    private static void Append(StringBuilder text, RangeAggregation aggregation)
    {
        text.Append(LogQlWords.NameOf(aggregation.Function)).Append('(');
        if (aggregation.Parameter is { } parameter)
        {
            Positive(text, parameter);
            text.Append(", ");
        }

        Append(text, aggregation.Range.Query);
        if (aggregation.Range.Unwrap is { } unwrap)
        {
            Append(text, unwrap);
        }

        if (aggregation.Range.RangeMilliseconds < 0)
        {
            throw new ArgumentException("a range is not negative", nameof(aggregation));
        }

        text.Append(" [");
        QueryDuration.Append(text, aggregation.Range.RangeMilliseconds);
        text.Append(']');
        if (aggregation.Range.OffsetNanoseconds != 0)
        {
            text.Append(" offset ");
            LogQlDuration.Append(text, aggregation.Range.OffsetNanoseconds);
        }

        text.Append(')');
        if (aggregation.Grouping is { } grouping)
        {
            text.Append(' ');
            Append(text, grouping);
        }
    }

    private static void Append(StringBuilder text, LogUnwrap unwrap)
    {
        text.Append(" | unwrap ");
        if (unwrap.Conversion != UnwrapConversion.None)
        {
            text.Append(LogQlWords.NameOf(unwrap.Conversion)).Append('(');
        }

        Label(text, unwrap.Label);
        text.Append(unwrap.Conversion != UnwrapConversion.None ? ")" : "");
        foreach (var filter in unwrap.PostFilters)
        {
            text.Append(" | ");
            Append(text, filter);
        }
    }

    private static void Append(StringBuilder text, VectorAggregation aggregation)
    {
        text.Append(LogQlWords.NameOf(aggregation.Function));
        if (aggregation.Grouping is { } grouping)
        {
            text.Append(' ');
            Append(text, grouping);
            text.Append(' ');
        }

        text.Append('(');
        if (aggregation.Parameter is { } parameter)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parameter, nameof(aggregation));
            text.Append(CultureInfo.InvariantCulture, $"{parameter}, ");
        }

        Append(text, aggregation.Operand);
        text.Append(')');
    }

    private static void Append(StringBuilder text, LogGrouping grouping)
    {
        text.Append(grouping.Without ? "without " : "by ");
        Append(text, grouping.Labels);
    }

    private static void Append(StringBuilder text, LogBinary binary)
    {
        var precedence = LogQlWords.PrecedenceOf(binary.Operator);
        var rightFirst = binary.Operator == LogQlOperator.Power;
        Operand(text, binary.Left, precedence + (rightFirst ? 1 : 0));
        text.Append(' ').Append(LogQlWords.SignOf(binary.Operator)).Append(binary.ReturnBool ? " bool " : " ");
        if (binary.Matching is { } matching)
        {
            text.Append(matching.On ? "on " : "ignoring ");
            Append(text, matching.Labels);
            text.Append(matching.Cardinality switch
            {
                MatchCardinality.ManyToOne => " group_left ",
                MatchCardinality.OneToMany => " group_right ",
                _ => " ",
            });

            // A parenthesis behind group_left is its list of labels; before an operand that may begin with one, an empty list stands.
            if (matching.Cardinality != MatchCardinality.OneToOne && (matching.Include.Count > 0 || binary.Right is LogBinary))
            {
                Append(text, matching.Include);
                text.Append(' ');
            }
        }

        Operand(text, binary.Right, precedence + (rightFirst ? 0 : 1));
    }

    private static void Operand(StringBuilder text, LogQlMetric operand, int least)
    {
        var parentheses = operand is LogBinary inner && LogQlWords.PrecedenceOf(inner.Operator) < least;
        text.Append(parentheses ? "(" : "");
        Append(text, operand);
        text.Append(parentheses ? ")" : "");
    }

    private static void Append(StringBuilder text, SyntaxList<string> labels)
    {
        text.Append('(');
        for (var i = 0; i < labels.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Label(text, labels[i]);
        }

        text.Append(')');
    }

    private static void Label(StringBuilder text, string label) =>
        text.Append(LogQlWords.IsLabelName(label) ? label : throw new ArgumentException("a label is named that LogQL cannot write", nameof(label)));

    private static void Positive(StringBuilder text, double value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        LogQlNumerals.Append(text, value);
    }
}
