using System.Collections.Concurrent;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Support;

/// <summary>Keeps audit events for assertions; it can be down.</summary>
public sealed class RecordedAudit : IAuditTrail
{
    private readonly ConcurrentQueue<AuditEvent> events = new();

    public IReadOnlyList<AuditEvent> Events => [.. events];

    public bool IsDown { get; set; }

    public Task RecordAsync(AuditEvent audited, CancellationToken cancellationToken)
    {
        if (IsDown)
        {
            throw new StoreUnavailableException("the audit trail is down");
        }

        events.Enqueue(audited);
        return Task.CompletedTask;
    }
}
