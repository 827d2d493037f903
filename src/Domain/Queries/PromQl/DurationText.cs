using System.Globalization;
using System.Text;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>Writes durations.</summary>
internal static class DurationText
{
    // Beyond this a double no longer holds every millisecond.
    private const double MostSeconds = 9e12;

    /// <summary>Whether the seconds are exactly what so many milliseconds read back to.</summary>
    internal static bool IsMilliseconds(double seconds) => Math.Abs(seconds) < MostSeconds && Milliseconds(seconds) / 1000d == seconds;

    internal static long Milliseconds(double seconds) => (long)Math.Round(seconds * 1000);

    internal static void AppendNumber(StringBuilder text, double value)
    {
        if (double.IsFinite(value))
        {
            text.Append(CultureInfo.InvariantCulture, $"{value:R}");
        }
        else
        {
            text.Append(double.IsNaN(value) ? "NaN" : value > 0 ? "Inf" : "-Inf");
        }
    }

    internal static void Append(StringBuilder text, PromQlDuration duration)
    {
        switch (duration)
        {
            case DurationLiteral { HasUnit: true } literal when IsMilliseconds(literal.Value):
                QueryDuration.Append(text, Milliseconds(literal.Value));
                break;
            case DurationLiteral literal:
                AppendNumber(text, literal.Value);
                break;
            case DurationParen paren:
                AppendWrapped(text, paren.Inner);
                break;
            case DurationNegation negation:
                text.Append('-');
                AppendChild(text, negation.Inner, negation.Inner is DurationLiteral or DurationBinary { Operator: not PromQlOperator.Power });
                break;
            case DurationCall call:
                AppendCall(text, call);
                break;
            case DurationBinary binary:
                AppendBinary(text, binary);
                break;
        }
    }

    /// <summary>
    /// Behind offset an operator is the expression's own unless the duration begins with a parenthesis or two signs (see the parser), so that others are put into parentheses.
    /// </summary>
    internal static void AppendOffset(StringBuilder text, PromQlDuration offset)
    {
        var start = text.Length;
        Append(text, offset);
        if (!IsOneOperand(offset) && text[start] != '(' && !(text[start] == '-' && text[start + 1] == '-'))
        {
            text.Length = start;
            AppendWrapped(text, offset);
        }
    }

    /// <summary>Whether an arithmetic operator behind the offset would be read as part of it.</summary>
    internal static bool TakesOperators(PromQlDuration offset) =>
        offset is DurationParen or DurationBinary or DurationNegation { Inner: DurationNegation or DurationBinary };

    private static bool IsOneOperand(PromQlDuration duration) =>
        duration is DurationLiteral or DurationParen or DurationCall or DurationNegation { Inner: DurationLiteral or DurationParen or DurationCall };

    private static void AppendWrapped(StringBuilder text, PromQlDuration inner)
    {
        text.Append('(');
        Append(text, inner);
        text.Append(')');
    }

    private static void AppendChild(StringBuilder text, PromQlDuration child, bool wrap)
    {
        if (wrap)
        {
            AppendWrapped(text, child);
        }
        else
        {
            Append(text, child);
        }
    }

    private static void AppendCall(StringBuilder text, DurationCall call)
    {
        text.Append(call.Name is "step" or "range" or "max_of" or "min_of" ? call.Name : throw new ArgumentException($"'{call.Name}' is no function of durations")).Append('(');
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Append(text, call.Arguments[i]);
        }

        text.Append(')');
    }

    private static void AppendBinary(StringBuilder text, DurationBinary binary)
    {
        var own = binary.Operator.Precedence();
        var isPower = binary.Operator == PromQlOperator.Power;
        AppendChild(text, binary.Left, Precedence(binary.Left) < own || (isPower && Precedence(binary.Left) == own));
        text.Append(' ').Append(binary.Operator.Sign()).Append(' ');
        AppendChild(text, binary.Right, binary.Right is DurationBinary right && (right.Operator.Precedence() < own || (!isPower && right.Operator.Precedence() == own)));
    }

    private static int Precedence(PromQlDuration duration) => duration switch
    {
        DurationBinary binary => binary.Operator.Precedence(),

        // A sign binds like a product: (-2)^2 needs its parentheses.
        DurationNegation or DurationLiteral { Value: < 0 } => PromQlOperators.PowerPrecedence - 1,
        _ => int.MaxValue,
    };
}
