using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Ids that depend on their seed alone: version 8 of RFC 9562, from SHA-256.</summary>
internal static class DeterministicGuid
{
    private const int Version = 0x80;
    private const int Variant = 0x80;

    public static Guid Create(string instanceId, long ticks, int counter)
    {
        Span<byte> suffix = stackalloc byte[12];
        BinaryPrimitives.WriteInt64BigEndian(suffix, ticks);
        BinaryPrimitives.WriteInt32BigEndian(suffix[8..], counter);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. Encoding.UTF8.GetBytes(instanceId), .. suffix], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | Version);
        hash[8] = (byte)((hash[8] & 0x3F) | Variant);
        return new Guid(hash[..16], bigEndian: true);
    }
}
