using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>Durations in brackets and behind offset. In 3.x they are expressions of their own.</summary>
internal sealed partial class PromQlParser
{
    // What fits 64 bits of nanoseconds.
    private const double LongestSeconds = long.MaxValue / 1e9;

    private static readonly PromQlDuration BrokenDuration = new DurationLiteral(1);

    private PromQlDuration PositiveDuration()
    {
        if (!IsV3)
        {
            return OldDuration(false);
        }

        var duration = Duration(0);
        if (duration is DurationLiteral { Value: <= 0 or double.NaN })
        {
            Fail("the duration must be longer than 0", duration.Span);
        }

        return Whole(duration);
    }

    private PromQlDuration OldDuration(bool negative)
    {
        if (token.Kind != PromQlTokenKind.Duration)
        {
            Unexpected("a duration such as 5m or 1h30m");
            return BrokenDuration;
        }

        var duration = Take();
        var seconds = Milliseconds(duration) / 1000d;
        if (seconds == 0)
        {
            Fail("the duration must be longer than 0", duration.Span);
        }

        return new DurationLiteral(negative ? -seconds : seconds) { Span = duration.Span };
    }

    private PromQlDuration OldOffset() => OldDuration(TryTake(PromQlTokenKind.Sub));

    /// <summary>
    /// Behind offset an operator belongs to the expression around, as in <c>x offset 5m - y</c>, unless the duration begins with a parenthesis or with two signs:
    /// that is how Prometheus's grammar decides.
    /// </summary>
    private PromQlDuration OffsetDuration()
    {
        if (token.Kind == PromQlTokenKind.LeftParen)
        {
            return Whole(Duration(0));
        }

        if (token.Kind is not (PromQlTokenKind.Add or PromQlTokenKind.Sub))
        {
            return Whole(DurationOperand());
        }

        var sign = Take();
        if (token.Kind is PromQlTokenKind.Add or PromQlTokenKind.Sub)
        {
            var first = Signed(sign, Duration(PromQlOperators.PowerPrecedence));
            return Whole(DurationOperators(first, 0));
        }

        return Whole(Signed(sign, DurationOperand()));
    }

    private PromQlDuration Duration(int atLeast)
    {
        if (!Enter())
        {
            return BrokenDuration;
        }

        PromQlDuration left;
        if (token.Kind is PromQlTokenKind.Add or PromQlTokenKind.Sub)
        {
            var sign = Take();
            left = Signed(sign, Duration(PromQlOperators.PowerPrecedence));
        }
        else
        {
            left = DurationOperand();
        }

        left = DurationOperators(left, atLeast);
        depth--;
        return left;
    }

    private PromQlDuration DurationOperators(PromQlDuration left, int atLeast)
    {
        var tall = height;
        while (PromQlOperators.From(token.Kind) is
            PromQlOperator.Add or PromQlOperator.Subtract or PromQlOperator.Multiply or PromQlOperator.Divide or PromQlOperator.Modulo or PromQlOperator.Power
            && PromQlOperators.From(token.Kind) is { } sign && sign.Precedence() >= atLeast)
        {
            var at = Take();
            var right = Duration(sign == PromQlOperator.Power ? sign.Precedence() : sign.Precedence() + 1);
            if (sign is PromQlOperator.Divide or PromQlOperator.Modulo && right is DurationLiteral { Value: 0 })
            {
                Fail("this divides by zero", at.Span.To(right.Span));
            }

            left = new DurationBinary(sign, left, right) { Span = left.Span.To(right.Span) };
            Grow(Math.Max(tall, height));
            tall = height;
        }

        height = tall;
        return left;
    }

    private PromQlDuration DurationOperand()
    {
        height = 1;
        switch (token.Kind)
        {
            case PromQlTokenKind.Number or PromQlTokenKind.Duration:
                var number = Number();
                return InRange(new DurationLiteral(number.Value, number.IsDuration) { Span = number.Span });
            case PromQlTokenKind.Step or PromQlTokenKind.Range:
                var word = Take();
                Expect(PromQlTokenKind.LeftParen, "'()'");
                Expect(PromQlTokenKind.RightParen, "')'");
                return new DurationCall(word.Kind == PromQlTokenKind.Step ? "step" : "range", []) { Span = SourceSpan.Between(word.Start, lastEnd) };
            case PromQlTokenKind.MaxOf or PromQlTokenKind.MinOf:
                return DurationChoice();
            case PromQlTokenKind.LeftParen:
                var open = Take();
                var inner = Duration(0);
                Grow(height);
                var close = Expect(PromQlTokenKind.RightParen, "')'");
                return new DurationParen(inner) { Span = open.Span.To(close.Span) };
            default:
                Unexpected("a duration such as 5m, a number of seconds, step() or range()");
                return BrokenDuration;
        }
    }

    private DurationCall DurationChoice()
    {
        var word = Take();
        Expect(PromQlTokenKind.LeftParen, "'('");
        var first = Duration(0);
        var tall = height;
        Expect(PromQlTokenKind.Comma, "',' and a second duration");
        var second = Duration(0);
        Grow(Math.Max(tall, height));
        Expect(PromQlTokenKind.RightParen, "')'");
        return new DurationCall(word.Kind == PromQlTokenKind.MaxOf ? "max_of" : "min_of", [first, second]) { Span = SourceSpan.Between(word.Start, lastEnd) };
    }

    private PromQlDuration Signed(PromQlToken sign, PromQlDuration duration)
    {
        Grow(height);
        var span = sign.Span.To(duration.Span);
        return (sign.Kind, duration) switch
        {
            (PromQlTokenKind.Sub, DurationLiteral literal) => InRange(literal with { Value = -literal.Value, Span = span }),
            (PromQlTokenKind.Sub, _) => new DurationNegation(duration) { Span = span },
            _ => duration with { Span = span },
        };
    }

    private DurationLiteral InRange(DurationLiteral literal)
    {
        if (Math.Abs(literal.Value) > LongestSeconds)
        {
            Fail("the duration is out of range; the longest is about 292 years", literal.Span);
        }

        return literal;
    }

    /// <summary>A literal that is the whole duration means a length of time however it is written: 300 is 5m. The server keeps nanoseconds of it.</summary>
    private static PromQlDuration Whole(PromQlDuration duration) => duration is DurationLiteral { HasUnit: false } literal && DurationText.IsMilliseconds(literal.Value)
        ? literal with { HasUnit = true }
        : duration;
}
