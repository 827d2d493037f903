namespace Nightwatch.Domain.Governance.Audit;

/// <summary>What the code of a record or an anchor is worth.</summary>
internal enum AuditCode
{
    /// <summary>Made with one of our keys.</summary>
    Proven,

    /// <summary>A checksum that fits, which anybody can make.</summary>
    Checksum,

    UnknownKey,
    Wrong,
}

/// <summary>Checks codes; not thread-safe.</summary>
internal sealed class AuditCodes(AuditKeyRing keys)
{
    private readonly AuditMac mac = new();

    public AuditCode Of(AuditRecord record) => Of(record.KeyId, record.Mac, key => mac.Of(record, key));

    public AuditCode Of(AuditAnchor anchor) => Of(anchor.KeyId, anchor.Mac, key => mac.Of(anchor, key));

    private AuditCode Of(string keyId, string stored, Func<AuditKey, string> compute)
    {
        if (keys.Find(keyId) is not { } key)
        {
            return AuditCode.UnknownKey;
        }

        return !TextHash.Same(stored, compute(key)) ? AuditCode.Wrong : key.Protects ? AuditCode.Proven : AuditCode.Checksum;
    }
}
