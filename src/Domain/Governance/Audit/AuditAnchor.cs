using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>How far a chain has got: the place and the MAC of its last record, which stand for every record before it.</summary>
public sealed record AuditHead
{
    public required string Writer { get; init; }

    /// <summary>Also how many records the chain has had, since it counts from 1.</summary>
    public required long Sequence { get; init; }

    public required string Mac { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public static AuditHead Of(AuditRecord last) => new()
    {
        Writer = last.Writer,
        Sequence = last.Sequence,
        Mac = last.Mac,
        RecordedAt = last.RecordedAt,
        ExpiresAt = last.ExpiresAt,
    };
}

/// <summary>
/// The heads of a tenant's chains at one time. Anchors are one numbered chain per tenant, whichever process writes them, and are also kept outside of the
/// store: a chain that is shorter than an anchor says was cut.
/// </summary>
public sealed record AuditAnchor
{
    public required string Tenant { get; init; }

    /// <summary>From 1, without gaps.</summary>
    public required long Number { get; init; }

    /// <summary>Never earlier than the anchor before it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Later than every record that the anchor stands for.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When the last anchor before this one expires; null for the first.</summary>
    public DateTimeOffset? EarlierExpireBy { get; init; }

    /// <summary>In the order of <see cref="AuditHead.Writer"/>.</summary>
    public required IReadOnlyList<AuditHead> Heads { get; init; }

    public required string KeyId { get; init; }

    /// <summary>The MAC of the anchor before it; empty for the first.</summary>
    public required string PreviousMac { get; init; }

    public required string Mac { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; init; }

    [JsonIgnore]
    public string Id => IdOf(Number);

    public static DocumentType<AuditAnchor> Type { get; } = new()
    {
        Name = "audit_anchors",
        ExpiresAt = a => a.ExpiresAt,
    };

    public static string IdOf(long number) => number.ToString("D12", CultureInfo.InvariantCulture);
}
