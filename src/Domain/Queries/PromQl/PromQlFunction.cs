using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>A function as a dialect knows it.</summary>
/// <param name="Name">In lower case.</param>
/// <param name="Arguments">The types in order. The last is that of every further argument.</param>
/// <param name="Required">How many must be given.</param>
/// <param name="Most">How many may be given; <see cref="int.MaxValue"/> without a limit.</param>
/// <param name="Returns">What it gives.</param>
public sealed record PromQlFunction(string Name, SyntaxList<PromQlType> Arguments, int Required, int Most, PromQlType Returns)
{
    public bool Equals(PromQlFunction? other) => other is not null && Name == other.Name;

    public override int GetHashCode() => string.GetHashCode(Name, StringComparison.Ordinal);
}
