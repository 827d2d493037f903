using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Queries.LogQl;
using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries;

/// <summary>
/// Reads each query and holds it to the policy. A query goes out as it was written unless labels are forced into it; then it goes out in the
/// canonical form.
/// </summary>
public sealed class ParsedQueryGuard(QueryPolicies policies, TimeProvider time) : IQueryGuard
{
    public QueryVerdict Check(QueryLanguage language, string query, QueryRange? range, IDatasource source, Caller caller) =>
        language == QueryLanguage.PromQl ? CheckPromQl(query, range, policies.For(caller.Tenant), caller) : CheckLogQl(query, range, policies.For(caller.Tenant), caller);

    private QueryVerdict CheckPromQl(string query, QueryRange? range, QueryPolicy policy, Caller caller)
    {
        if (!PromQlQuery.TryParse(query, PromQlDialect.V3, out var expression, out var error))
        {
            return Unread(query, error, policy, caller);
        }

        var guarded = PromQlGuard.Check(expression, policy, range, time.GetUtcNow());
        return guarded.IsAllowed ? new QueryVerdict(policy.ForcedLabels.Count == 0 ? query : guarded.Query) : Refused(query, guarded.Findings);
    }

    private static QueryVerdict CheckLogQl(string query, QueryRange? range, QueryPolicy policy, Caller caller)
    {
        if (!LogQlParser.TryParse(query, out var expression, out var error))
        {
            return Unread(query, error, policy, caller);
        }

        var guarded = LogQlGuard.Check(expression, policy, range);
        return guarded.IsAllowed ? new QueryVerdict(policy.ForcedLabels.Count == 0 ? query : guarded.Query) : Refused(query, guarded.Findings);
    }

    // The expression of a rule runs in the source already, which may speak more than we read (MetricsQL): an investigation that asks for it is let through.
    private static QueryVerdict Unread(string query, QuerySyntaxError error, QueryPolicy policy, Caller caller) =>
        caller.Kind == CallerKind.System && policy.ForcedLabels.Count == 0 ? new QueryVerdict(query) : new QueryVerdict(query, $"The query cannot be read: {error}.");

    private static QueryVerdict Refused(string query, IReadOnlyList<GuardFinding> findings) =>
        new(query, $"The query is not sent: {string.Join("; ", findings.Select(f => f.Message))}.");
}
