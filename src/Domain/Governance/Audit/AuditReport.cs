namespace Nightwatch.Domain.Governance.Audit;

/// <summary>What is wrong with a trail.</summary>
public enum AuditFault
{
    /// <summary>A record's content does not fit its code: it was changed, or made by somebody without the key.</summary>
    RecordEdited,

    /// <summary>Records between two others, or before the first, are gone though their time is not over.</summary>
    RecordRemoved,

    /// <summary>A record lies under an id or a tenant that is not its own: copied, moved or renumbered.</summary>
    RecordMisplaced,

    /// <summary>A record does not follow the one before it.</summary>
    ChainBroken,

    /// <summary>The end of a chain is gone: an anchor knows a later record.</summary>
    ChainTruncated,

    /// <summary>An anchor knows a chain of which nothing is left.</summary>
    ChainRemoved,

    /// <summary>A record has a valid code, but an anchor knows another one in its place.</summary>
    ChainReplaced,

    /// <summary>Records carry a key that is not configured.</summary>
    UnknownKey,

    /// <summary>Records or anchors were written without a key and nothing vouches for them.</summary>
    Unprotected,

    /// <summary>A document is no record any more; what comes after it was not read.</summary>
    Unreadable,

    /// <summary>A record is in the store, but the list by time does not show it, or not in its place.</summary>
    NotListed,

    AnchorEdited,
    AnchorRemoved,

    /// <summary>An anchor in the store is not the one that was written outside of it.</summary>
    AnchorReplaced,

    /// <summary>What lies among the anchors outside of the store is not one of them.</summary>
    OutsideAnchorUnreadable,
}

/// <param name="Where">The id of a record or an anchor, or the name of a chain.</param>
/// <param name="Detail">One sentence for people.</param>
public sealed record AuditFinding(AuditFault Fault, string Where, string Detail);

/// <summary>What the verification of a tenant's trail found. The trail is whole when there are no findings and it is protected.</summary>
public sealed record AuditReport
{
    public required string Tenant { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>False without a configured key: then only damage is seen, not tampering.</summary>
    public required bool Protected { get; init; }

    public required long Records { get; init; }

    public required long Chains { get; init; }

    public required long Anchors { get; init; }

    /// <summary>Anchors of this tenant that were found outside of the store.</summary>
    public required long OutsideAnchors { get; init; }

    /// <summary>Records that came after the last anchor of their chain; the removal of the last of them would not be seen.</summary>
    public required long RecordsAfterAnchors { get; init; }

    /// <summary>Records from before there was a key, which an anchor took in later.</summary>
    public required long RecordsWithoutKey { get; init; }

    /// <summary>At most <see cref="AuditFindings.MaxKept"/>.</summary>
    public required IReadOnlyList<AuditFinding> Findings { get; init; }

    public required long FindingsLeftOut { get; init; }
}

/// <summary>Collects findings up to a bound: one broken key spoils every record.</summary>
public sealed class AuditFindings
{
    public const int MaxKept = 1000;

    private readonly List<AuditFinding> kept = [];

    public IReadOnlyList<AuditFinding> Kept => kept;

    public long LeftOut { get; private set; }

    public void Add(AuditFault fault, string where, string detail)
    {
        if (kept.Count == MaxKept)
        {
            LeftOut++;
            return;
        }

        kept.Add(new AuditFinding(fault, where, detail));
    }
}
