using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>
/// Writes events down in chains. Calls that arrive while a write is on its way to the store go out together with the next one, so a busy process pays for one
/// store write per group, not per record.
/// </summary>
public sealed partial class AuditTrail(
    IDocuments<AuditRecord> records,
    AuditText text,
    AuditKeyRing keys,
    AuditHeads heads,
    AnchorAudit anchors,
    IOptions<AuditOptions> options,
    TimeProvider time,
    ILogger<AuditTrail> logger) : IAuditTrail
{
    private readonly ConcurrentDictionary<string, AuditQueue> queues = new(StringComparer.Ordinal);

    public Task RecordAsync(AuditEvent audited, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        var clean = text.Clean(audited);
        return queues.GetOrAdd(clean.Tenant, Open).AddAsync(clean).WaitAsync(cancellationToken);
    }

    private AuditQueue Open(string tenant) =>
        new(new AuditChain(tenant, records, keys, TimeSpan.FromDays(options.Value.RetentionDays), time), (head, count) => Written(tenant, head, count));

    private void Written(string tenant, AuditHead head, int count)
    {
        if (heads.Advance(tenant, head, count))
        {
            _ = AnchorAsync(tenant);
        }
    }

    private async Task AnchorAsync(string tenant)
    {
        try
        {
            await anchors.AnchorOwnAsync(tenant, CancellationToken.None);
        }
        catch (StoreUnavailableException down)
        {
            // The timer's next anchor holds these records too.
            LogNotAnchored(logger, tenant, down.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit trail of {Tenant} could not be anchored: {Reason}")]
    private static partial void LogNotAnchored(ILogger logger, string tenant, string reason);
}
