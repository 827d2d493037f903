using System.Net;
using System.Net.Sockets;

namespace Nightwatch.Domain.Governance.Outbound;

/// <summary>
/// Tells the kind of an address from one table. An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4, Teredo, ISATAP, ...) is never milder
/// than what it carries. Costs a walk over some forty ranges, under a microsecond.
/// </summary>
public static class AddressKinds
{
    /// <summary>From special to general: the first range that holds the address decides.</summary>
    private static readonly (IPNetwork Range, AddressKind Kind)[] Four = Table(
        ("0.0.0.0/8", AddressKind.Unspecified),
        ("10.0.0.0/8", AddressKind.Private),
        // Alibaba Cloud's metadata, inside the carriers' range.
        ("100.100.100.200/32", AddressKind.Metadata),
        ("100.64.0.0/10", AddressKind.Shared),
        ("127.0.0.0/8", AddressKind.Loopback),
        // Azure's WireServer: a public address by its number, answered by the host that a machine runs on.
        ("168.63.129.16/32", AddressKind.Metadata),
        ("169.254.0.0/16", AddressKind.LinkLocal),
        ("172.16.0.0/12", AddressKind.Private),
        // Oracle Cloud's older metadata, inside the range of protocol assignments.
        ("192.0.0.192/32", AddressKind.Metadata),
        ("192.0.0.0/24", AddressKind.Reserved),
        ("192.0.2.0/24", AddressKind.Documentation),
        ("192.31.196.0/24", AddressKind.Reserved),
        ("192.52.193.0/24", AddressKind.Reserved),
        ("192.88.99.0/24", AddressKind.Reserved),
        ("192.168.0.0/16", AddressKind.Private),
        ("192.175.48.0/24", AddressKind.Reserved),
        ("198.18.0.0/15", AddressKind.Benchmark),
        ("198.51.100.0/24", AddressKind.Documentation),
        ("203.0.113.0/24", AddressKind.Documentation),
        ("224.0.0.0/4", AddressKind.Multicast),
        ("255.255.255.255/32", AddressKind.Broadcast),
        ("240.0.0.0/4", AddressKind.Reserved));

    private static readonly (IPNetwork Range, AddressKind Kind)[] Six = Table(
        ("::/128", AddressKind.Unspecified),
        ("::1/128", AddressKind.Loopback),
        // AWS (metadata, DNS, time, pod identity), Google Cloud and Oracle Cloud, inside the unique-local range.
        ("fd00:ec2::/32", AddressKind.Metadata),
        ("fd20:ce::/32", AddressKind.Metadata),
        ("fd00:c1::/32", AddressKind.Metadata),
        ("fc00::/7", AddressKind.UniqueLocal),
        ("fe80::/10", AddressKind.LinkLocal),
        ("fec0::/10", AddressKind.UniqueLocal),
        ("ff00::/8", AddressKind.Multicast),
        ("64:ff9b:1::/48", AddressKind.Private),
        ("64:ff9b::/96", AddressKind.Public),
        ("2001:2::/48", AddressKind.Benchmark),
        ("2001:db8::/32", AddressKind.Documentation),
        ("3fff::/20", AddressKind.Documentation),
        ("2001::/23", AddressKind.Reserved),
        ("2002::/16", AddressKind.Reserved),
        ("2620:4f:8000::/48", AddressKind.Reserved),
        ("5f00::/16", AddressKind.Reserved),
        ("2000::/3", AddressKind.Public));

    public static AddressKind Of(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return Find(Four, address, AddressKind.Public);
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        if (address.IsIPv4MappedToIPv6)
        {
            return Of(new IPAddress(bytes[12..]));
        }

        // Only 2000::/3 is in use as public; all that no range names is reserved.
        var own = Find(Six, new IPAddress(bytes), AddressKind.Reserved);
        var carried = Carried(bytes);
        return carried != AddressKind.Public && !IsPlatform(own) ? carried : own;
    }

    /// <summary>Where machines get their credentials from: refused even to those who may go anywhere else.</summary>
    public static bool IsPlatform(AddressKind kind) => kind is AddressKind.LinkLocal or AddressKind.Metadata;

    private static AddressKind Carried(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x20, 0x02]))
        {
            return Of(new IPAddress(bytes[2..6]));
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x20, 0x01, 0, 0]))
        {
            // Teredo, RFC 4380: the server as it is, the client with every bit turned.
            Span<byte> client = stackalloc byte[4];
            for (var i = 0; i < 4; i++)
            {
                client[i] = (byte)~bytes[12 + i];
            }

            var server = Of(new IPAddress(bytes[4..8]));
            return server == AddressKind.Public ? Of(new IPAddress(client)) : server;
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0, 0x64, 0xff, 0x9b, 0, 1]))
        {
            // RFC 6052 puts the address around byte 8 for a prefix of 48 bits; a network may also use longer prefixes inside it.
            var split = Of(new IPAddress([bytes[6], bytes[7], bytes[9], bytes[10]]));
            return IsPlatform(split) ? split : Last(bytes);
        }

        var compatible = bytes[..10].IndexOfAnyExcept((byte)0) < 0 && (bytes[10] | bytes[11]) == 0 && bytes[12..].IndexOfAnyExcept((byte)0) >= 0;
        var translated = bytes[..8].IndexOfAnyExcept((byte)0) < 0 && bytes[8..12].SequenceEqual((ReadOnlySpan<byte>)[0xff, 0xff, 0, 0]);
        var wellKnown = bytes[..12].SequenceEqual((ReadOnlySpan<byte>)[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]);
        var isatap = (bytes[8] & 0xfd) == 0 && bytes[9..12].SequenceEqual((ReadOnlySpan<byte>)[0, 0x5e, 0xfe]);
        return (compatible && !IsLoopback(bytes)) || translated || wellKnown || isatap ? Last(bytes) : AddressKind.Public;
    }

    private static bool IsLoopback(ReadOnlySpan<byte> bytes) => bytes[15] == 1 && bytes[..15].IndexOfAnyExcept((byte)0) < 0;

    private static AddressKind Last(ReadOnlySpan<byte> bytes) => Of(new IPAddress(bytes[12..]));

    private static AddressKind Find((IPNetwork Range, AddressKind Kind)[] table, IPAddress address, AddressKind otherwise)
    {
        foreach (var (range, kind) in table)
        {
            if (range.Contains(address))
            {
                return kind;
            }
        }

        return otherwise;
    }

    private static (IPNetwork, AddressKind)[] Table(params (string Range, AddressKind Kind)[] rows) => [.. rows.Select(r => (IPNetwork.Parse(r.Range), r.Kind))];
}
