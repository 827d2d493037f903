using Nightwatch.Domain.Queries.PromQl;

namespace Nightwatch.Domain.Queries.Guard;

/// <summary>Holds a PromQL query to a policy before it is sent.</summary>
public static class PromQlGuard
{
    /// <summary>Checks the query and puts the forced matchers into each of its selectors.</summary>
    /// <param name="expression">Read or built; types are taken as checked.</param>
    /// <param name="policy">What is allowed.</param>
    /// <param name="range">The times of a range query; null for an instant query.</param>
    /// <param name="now">What fixed times (@) are measured from; null leaves them unchecked.</param>
    public static GuardedQuery Check(PromQlExpr expression, QueryPolicy policy, QueryRange? range = null, DateTimeOffset? now = null)
    {
        var findings = new List<GuardFinding>();
        RangeRules.Check(range, policy, findings);
        var rewritten = expression;
        if (new PromQlGuardWalk(policy, range, now, findings).Walk(expression))
        {
            rewritten = new ForcedMatchers(policy, findings).Rewrite(expression);
        }

        // A tree too deep for the policy is neither rewritten nor written.
        var query = findings.Exists(f => f.Code == GuardCodes.TooDeep) ? "" : PromQlPrinter.Print(rewritten);
        if (query.Length > policy.MaxQueryLength)
        {
            findings.Add(new GuardFinding(GuardCodes.QueryTooLong, $"the query has {query.Length} characters; at most {policy.MaxQueryLength} are sent", expression.Span));
        }

        return new GuardedQuery(rewritten, query, findings);
    }

    private sealed class ForcedMatchers(QueryPolicy policy, List<GuardFinding> findings) : PromQlRewriter
    {
        protected override VectorSelector RewriteSelector(VectorSelector selector)
        {
            var matchers = MatcherRules.Forced(selector.Matchers, selector.Span, policy, findings);
            var rewritten = ReferenceEquals(matchers, selector.Matchers) ? selector : selector with { Matchers = matchers };
            if (!PromQlGuardWalk.IsBounded(rewritten, policy, out var finding))
            {
                findings.Add(finding);
            }

            return rewritten;
        }
    }
}
