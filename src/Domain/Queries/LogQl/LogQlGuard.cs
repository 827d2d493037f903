using Nightwatch.Domain.Queries.Guard;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>A query as it may be sent, or why it may not.</summary>
/// <param name="Expression">With the forced matchers in every selector.</param>
/// <param name="Query">The text of <paramref name="Expression"/>. Do not send it unless <see cref="IsAllowed"/>.</param>
/// <param name="Findings">Empty when it may be sent.</param>
public sealed record GuardedLogQuery(LogQlExpression Expression, string Query, IReadOnlyList<GuardFinding> Findings)
{
    public bool IsAllowed => Findings.Count == 0;
}

/// <summary>Holds a LogQL query to a policy before it is sent.</summary>
public static class LogQlGuard
{
    /// <summary>The code of a finding that Loki would refuse when it runs the query, see <see cref="LogQlStageChecks"/>.</summary>
    public const string InvalidStage = "invalid_stage";

    /// <summary>Checks the query and puts the forced matchers into each of its selectors.</summary>
    /// <param name="expression">Read or built.</param>
    /// <param name="range">The times of a range query; null for an instant query.</param>
    /// <exception cref="ArgumentException">A built expression holds something that LogQL cannot say.</exception>
    public static GuardedLogQuery Check(LogQlExpression expression, QueryPolicy policy, QueryRange? range = null)
    {
        var findings = new List<GuardFinding>();
        RangeRules.Check(range, policy, findings);
        var walk = new LogQlGuardWalk(policy, range, findings);
        walk.Visit(expression);
        if (walk.IsTooDeep)
        {
            return new GuardedLogQuery(expression, "", findings);
        }

        foreach (var problem in LogQlStageChecks.Check(expression))
        {
            findings.Add(new GuardFinding(InvalidStage, problem.Message, problem.Span));
        }

        var rewritten = new ForcedMatchers(policy, findings).Rewrite(expression);
        var query = LogQlPrinter.Print(rewritten);
        if (query.Length > policy.MaxQueryLength)
        {
            findings.Add(new GuardFinding(GuardCodes.QueryTooLong, $"the query has {query.Length} characters; at most {policy.MaxQueryLength} are sent", expression.Span));
        }

        return new GuardedLogQuery(rewritten, query, findings);
    }

    private sealed class ForcedMatchers(QueryPolicy policy, List<GuardFinding> findings) : LogQlRewriter
    {
        protected override StreamSelector Selector(StreamSelector selector)
        {
            var matchers = MatcherRules.Forced(selector.Matchers, selector.Span, policy, findings);

            // Once more through the guard, a query stays as it is.
            return matchers.Count == selector.Matchers.Count ? selector : selector with { Matchers = [.. matchers.Distinct()] };
        }
    }
}
