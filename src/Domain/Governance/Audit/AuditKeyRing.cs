using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>A key and the name that records carry for it: the first 8 hexadecimal digits of its SHA-256.</summary>
public sealed class AuditKey
{
    /// <summary>Without a key the code is a checksum: it shows damage, but anybody can make it.</summary>
    public const string NoKeyId = "none";

    private readonly byte[] bytes;

    private AuditKey(string id, byte[] bytes) => (Id, this.bytes) = (id, bytes);

    public string Id { get; }

    public bool Protects => Id != NoKeyId;

    internal ReadOnlySpan<byte> Bytes => bytes;

    internal static AuditKey None { get; } = new(NoKeyId, []);

    /// <param name="base64">As <see cref="AuditOptionsValidator"/> accepts it.</param>
    internal static AuditKey Read(string base64)
    {
        var bytes = Convert.FromBase64String(base64);
        return new AuditKey(Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 4)), bytes);
    }
}

/// <summary>The key for new records, and those that old ones may have been written with.</summary>
public sealed class AuditKeyRing
{
    private readonly Dictionary<string, AuditKey> known = new(StringComparer.Ordinal) { [AuditKey.NoKeyId] = AuditKey.None };

    public AuditKeyRing(IOptions<AuditOptions> options)
    {
        foreach (var key in options.Value.PreviousKeys.Select(AuditKey.Read))
        {
            known[key.Id] = key;
        }

        Current = options.Value.Key is { } current ? AuditKey.Read(current) : AuditKey.None;
        known[Current.Id] = Current;
    }

    public AuditKey Current { get; }

    public AuditKey? Find(string? id) => id is null ? null : known.GetValueOrDefault(id);
}
