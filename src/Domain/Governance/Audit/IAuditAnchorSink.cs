using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>A place outside of the store that anchors are appended to, where whoever writes the store cannot follow.</summary>
public interface IAuditAnchorSink
{
    /// <summary>When the task completes, the anchor is durable.</summary>
    /// <exception cref="StoreUnavailableException">The place cannot be written.</exception>
    Task AppendAsync(AuditAnchor anchor, CancellationToken cancellationToken);

    /// <summary>Everything that was ever appended, of every tenant.</summary>
    /// <exception cref="StoreUnavailableException">The place cannot be read.</exception>
    IAsyncEnumerable<OutsideAnchor> ReadAsync(CancellationToken cancellationToken);
}

/// <param name="Place">Where it was found, for people.</param>
/// <param name="Anchor">Null when what is there is not an anchor.</param>
public sealed record OutsideAnchor(string Place, AuditAnchor? Anchor);
