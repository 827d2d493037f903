using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>A length of time in a query: a literal, or in 3.x arithmetic on literals and on the query's own step and range.</summary>
public abstract record PromQlDuration
{
    private protected PromQlDuration()
    {
    }

    public SourceSpan Span { get; init; }

    public virtual bool Equals(PromQlDuration? other) => other is not null && EqualityContract == other.EqualityContract;

    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>Seconds, where the query's step and range (in seconds) are known or not needed; else null. May be negative or not a number.</summary>
    public abstract double? Seconds(double? step = null, double? range = null);
}

/// <param name="Value">Seconds; negative only in offsets and in arithmetic.</param>
/// <param name="HasUnit">Written with a unit. A bare number is seconds, or a factor in arithmetic.</param>
public sealed record DurationLiteral(double Value, bool HasUnit = true) : PromQlDuration
{
    public static DurationLiteral Of(TimeSpan duration) => new(duration.TotalSeconds);

    public override double? Seconds(double? step = null, double? range = null) => Value;
}

public sealed record DurationParen(PromQlDuration Inner) : PromQlDuration
{
    public override double? Seconds(double? step = null, double? range = null) => Inner.Seconds(step, range);
}

/// <summary>A minus before anything but a literal.</summary>
public sealed record DurationNegation(PromQlDuration Inner) : PromQlDuration
{
    public override double? Seconds(double? step = null, double? range = null) => -Inner.Seconds(step, range);
}

/// <param name="Operator">One of + - * / % ^.</param>
/// <param name="Left">The first operand.</param>
/// <param name="Right">The second operand.</param>
public sealed record DurationBinary(PromQlOperator Operator, PromQlDuration Left, PromQlDuration Right) : PromQlDuration
{
    public override double? Seconds(double? step = null, double? range = null) =>
        Left.Seconds(step, range) is not { } left || Right.Seconds(step, range) is not { } right
            ? null
            : Operator switch
            {
                PromQlOperator.Add => left + right,
                PromQlOperator.Subtract => left - right,
                PromQlOperator.Multiply => left * right,
                PromQlOperator.Divide => left / right,
                PromQlOperator.Modulo => left % right,
                _ => Math.Pow(left, right),
            };
}

/// <summary><c>step()</c>, <c>range()</c>, <c>max_of(a, b)</c> or <c>min_of(a, b)</c>.</summary>
public sealed record DurationCall(string Name, SyntaxList<PromQlDuration> Arguments) : PromQlDuration
{
    public override double? Seconds(double? step = null, double? range = null) => Name switch
    {
        "step" => step,
        "range" => range,
        _ when Arguments[0].Seconds(step, range) is { } a && Arguments[1].Seconds(step, range) is { } b => Name == "max_of" ? Math.Max(a, b) : Math.Min(a, b),
        _ => null,
    };
}

/// <summary>When a selector is evaluated instead of at the query's own time.</summary>
public enum AtKind
{
    Timestamp,
    Start,
    End,
}

/// <param name="Kind">A time, or the begin or end of the query's range.</param>
/// <param name="Seconds">Unix seconds for <see cref="AtKind.Timestamp"/>; else 0.</param>
public readonly record struct AtModifier(AtKind Kind, double Seconds = 0);
