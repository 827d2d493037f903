using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>
/// Authentication codes of records and anchors: HMAC-SHA256 over the fields in a fixed order. Each text goes in behind its length and each list behind its
/// count, so that no two different records give the same bytes. Not thread-safe; it keeps its buffer.
/// </summary>
internal sealed class AuditMac
{
    private const string RecordLabel = "nightwatch.audit.record.1";
    private const string AnchorLabel = "nightwatch.audit.anchor.1";

    private readonly ArrayBufferWriter<byte> buffer = new(1024);

    public string Of(AuditRecord record, AuditKey key)
    {
        buffer.ResetWrittenCount();
        Add(RecordLabel);
        Add(record.Tenant);
        Add(record.Writer);
        Add(record.Sequence);
        Add(record.At);
        Add(record.RecordedAt);
        Add(record.ExpiresAt);
        Add(record.EarlierExpireBy);
        Add(record.Actor);
        Add(record.ActorName);
        Add(record.ActorKind);
        Add(record.From);
        Add(record.CorrelationId);
        Add(record.Action);
        Add(record.Target);
        Add((long)record.Outcome);
        Add(record.Details);
        Add(record.KeyId);
        Add(record.PreviousMac);
        return Finish(key);
    }

    public string Of(AuditAnchor anchor, AuditKey key)
    {
        buffer.ResetWrittenCount();
        Add(AnchorLabel);
        Add(anchor.Tenant);
        Add(anchor.Number);
        Add(anchor.At);
        Add(anchor.ExpiresAt);
        Add(anchor.EarlierExpireBy);
        Add(anchor.Heads?.Count ?? -1L);
        foreach (var head in anchor.Heads ?? [])
        {
            Add(head?.Writer);
            Add(head?.Sequence ?? -1L);
            Add(head?.Mac);
            Add(head?.RecordedAt);
            Add(head?.ExpiresAt);
        }

        Add(anchor.KeyId);
        Add(anchor.PreviousMac);
        return Finish(key);
    }

    private string Finish(AuditKey key)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Bytes, buffer.WrittenSpan, mac);
        return Base64Url.EncodeToString(mac);
    }

    private void Add(long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(8), number);
        buffer.Advance(8);
    }

    private void Add(DateTimeOffset time)
    {
        Add(time.UtcTicks);
        Add(time.Offset.Ticks);
    }

    private void Add(DateTimeOffset? time)
    {
        Add(time is null ? 0L : 1L);
        if (time is { } known)
        {
            Add(known);
        }
    }

    private void Add(string? text)
    {
        if (text is null)
        {
            Add(-1L);
            return;
        }

        Add((long)Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, buffer);
    }

    private void Add(IReadOnlyDictionary<string, string>? pairs)
    {
        Add(pairs?.Count ?? -1L);
        foreach (var (name, value) in (pairs ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(name);
            Add(value);
        }
    }
}
