using Nightwatch.Domain.Governance.Audit;

namespace Nightwatch.Functions.Audit;

/// <summary>A record as people read it: without what only the verification needs.</summary>
public sealed record AuditEntry(
    string Id,
    DateTimeOffset At,
    string Actor,
    string ActorName,
    string ActorKind,
    string From,
    string CorrelationId,
    string Action,
    string Target,
    AuditOutcome Outcome,
    IReadOnlyDictionary<string, string> Details)
{
    public static AuditEntry Of(AuditRecord record) => new(
        record.Id,
        record.At,
        record.Actor,
        record.ActorName,
        record.ActorKind,
        record.From,
        record.CorrelationId,
        record.Action,
        record.Target,
        record.Outcome,
        record.Details);
}
