using Nightwatch.Domain.Queries.PromQl;

namespace Nightwatch.Domain.Queries.Guard;

/// <summary>A query as it may be sent, or why it may not.</summary>
/// <param name="Expression">With the forced matchers in every selector.</param>
/// <param name="Query">The text of <paramref name="Expression"/>. Do not send it unless <see cref="IsAllowed"/>.</param>
/// <param name="Findings">Empty when it may be sent.</param>
public sealed record GuardedQuery(PromQlExpr Expression, string Query, IReadOnlyList<GuardFinding> Findings)
{
    public bool IsAllowed => Findings.Count == 0;
}
