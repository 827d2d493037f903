using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>Where it is written down who did what.</summary>
public interface IAuditTrail
{
    /// <summary>
    /// Writes the event down; when the task completes, the record is durable. A call that is cancelled or fails may all the same have been recorded.
    /// </summary>
    /// <exception cref="ArgumentException">The tenant or the action is not acceptable.</exception>
    /// <exception cref="StoreUnavailableException">It could not be recorded; the caller decides whether it goes on without.</exception>
    Task RecordAsync(AuditEvent audited, CancellationToken cancellationToken);
}
