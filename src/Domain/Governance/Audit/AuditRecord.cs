using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>
/// One link of a chain: what happened, its place, the authentication code (MAC) of the link before it, and its own over all of that. Never changed once written.
/// </summary>
public sealed record AuditRecord
{
    private const int SequenceDigits = 12;

    public required string Tenant { get; init; }

    /// <summary>The chain: 32 hexadecimal digits, drawn when the chain was opened.</summary>
    public required string Writer { get; init; }

    /// <summary>1 for the record that opens the chain, and one more for each after it.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it happened, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it was written; never earlier than the record before it in the chain.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>When the store may remove it; never earlier than that of the record before it.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>
    /// When the last record before this one expires, null for the first. It proves that what is missing before the first record of a chain had to go.
    /// </summary>
    public DateTimeOffset? EarlierExpireBy { get; init; }

    public required string Actor { get; init; }

    public required string ActorName { get; init; }

    public required string ActorKind { get; init; }

    public required string From { get; init; }

    public required string CorrelationId { get; init; }

    public required string Action { get; init; }

    public required string Target { get; init; }

    public required AuditOutcome Outcome { get; init; }

    public required IReadOnlyDictionary<string, string> Details { get; init; }

    /// <summary>Which key <see cref="Mac"/> was made with; <see cref="AuditKey.NoKeyId"/> when there was none.</summary>
    public required string KeyId { get; init; }

    /// <summary>The MAC of the record before it; empty for the first.</summary>
    public required string PreviousMac { get; init; }

    /// <summary>HMAC-SHA256 (RFC 2104) in base64url over everything above.</summary>
    public required string Mac { get; init; }

    /// <summary>Members that no version of ours writes: somebody added them.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; init; }

    [JsonIgnore]
    public string Id => IdOf(Writer, Sequence);

    public static DocumentType<AuditRecord> Type { get; } = new()
    {
        Name = "audit_records",
        Fields =
        [
            new("at", r => r.At), new("actor", r => r.Actor), new("action", r => r.Action), new("outcome", r => NameOf(r.Outcome)),
            new("correlationId", r => r.CorrelationId), new("writer", r => r.Writer), new("sequence", r => r.Sequence),
        ],
        Indexes = [["at"], ["actor", "at"], ["action", "at"], ["outcome", "at"], ["correlationId", "at"], ["writer", "sequence"]],
        ExpiresAt = r => r.ExpiresAt,
    };

    /// <summary>Ids sort as chain by chain, each in its order.</summary>
    public static string IdOf(string writer, long sequence) => $"{writer}-{sequence.ToString("D12", CultureInfo.InvariantCulture)}";

    /// <summary>The chain and the place in it that an id stands for; false when it is none of ours.</summary>
    internal static bool TryParseId(string id, out string writer, out long sequence)
    {
        (writer, sequence) = ("", 0);
        var dash = id.Length - SequenceDigits - 1;
        if (dash < 1 || id[dash] != '-' || !long.TryParse(id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out sequence))
        {
            return false;
        }

        writer = id[..dash];
        return sequence > 0;
    }

    internal static string NameOf(AuditOutcome outcome) => outcome switch
    {
        AuditOutcome.Succeeded => "succeeded",
        AuditOutcome.Refused => "refused",
        _ => "failed",
    };
}
