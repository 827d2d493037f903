using System.Buffers.Binary;
using System.Text;

namespace Nightwatch.Domain.Governance.Secrets;

/// <summary>Where a secret belongs. An envelope opens only where it was made: in another tenant, document or field it is of no use.</summary>
public sealed record SecretContext
{
    public required string Tenant { get; init; }

    /// <summary>Kind of the document, as its <see cref="Storage.DocumentType{T}.Name"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Id of the document.</summary>
    public required string Id { get; init; }

    /// <summary>Which secret of the document.</summary>
    public required string Field { get; init; }

    /// <summary>The four as bytes, each with its length before it, so that no two contexts share them.</summary>
    public byte[] ToBytes()
    {
        string[] parts = [Tenant, Kind, Id, Field];
        var bytes = new byte[parts.Sum(p => 4 + Encoding.UTF8.GetByteCount(p))];
        var at = 0;
        foreach (var part in parts)
        {
            var length = Encoding.UTF8.GetBytes(part, bytes.AsSpan(at + 4));
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), length);
            at += 4 + length;
        }

        return bytes;
    }
}
