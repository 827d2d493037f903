using System.Text;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>Operators with their modifiers, and where their operands need parentheses.</summary>
public static partial class PromQlPrinter
{
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
}
