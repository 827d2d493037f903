using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>Events of a caller.</summary>
public static class CallerAudit
{
    /// <summary>An event with who, for which tenant, from where and under which correlation id; outcome and details are the caller's to add.</summary>
    public static AuditEvent Did(this Caller caller, string action, string target) => new()
    {
        Tenant = caller.Tenant,
        Actor = caller.Subject,
        ActorName = caller.Name,
        ActorKind = caller.Kind.ToString().ToLowerInvariant(),
        From = caller.From,
        CorrelationId = caller.CorrelationId,
        Action = action,
        Target = target,
    };
}
