using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Nightwatch.Domain.Governance.Outbound;

/// <summary>
/// One entry of an allow-list: a host name (exact, or with a leading "*." for every name below it), an address or a CIDR range, each with an optional port.
/// </summary>
public sealed record OutboundEntry
{
    private OutboundEntry(string? name, bool below, IPNetwork? range, int? port)
    {
        Name = name;
        Below = below;
        Range = range;
        Port = port;
    }

    /// <summary>Lower case, without a trailing dot; null for a range.</summary>
    public string? Name { get; }

    /// <summary>Every name below <see cref="Name"/>, at any depth, but not the name itself.</summary>
    public bool Below { get; }

    public IPNetwork? Range { get; }

    /// <summary>Null for every port.</summary>
    public int? Port { get; }

    /// <summary>Null when the text is none of the forms.</summary>
    public static OutboundEntry? Parse(string text)
    {
        var (host, port) = (text.Trim(), (int?)null);
        var colon = host.LastIndexOf(':');
        // An IPv6 address has several colons, and takes brackets when a port follows.
        if (colon >= 0 && (host.IndexOf(':', StringComparison.Ordinal) == colon || host[..colon].EndsWith(']')))
        {
            if (!int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
            {
                return null;
            }

            (host, port) = (host[..colon], number);
        }

        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
        }

        if (ParseRange(host) is { } range)
        {
            return new OutboundEntry(null, false, range, port);
        }

        var below = host.StartsWith("*.", StringComparison.Ordinal);
        var name = HostName.Normalise(below ? host[2..] : host);
        // What looks like a number is a misspelt address, or an odd spelling of one; a wildcard over a whole top-level domain is a slip.
        return Uri.CheckHostName(name) == UriHostNameType.Dns && !char.IsAsciiDigit(name[^1]) && (!below || name.Contains('.', StringComparison.Ordinal))
            ? new OutboundEntry(name, below, null, port)
            : null;
    }

    /// <summary>Whether this entry names the host, whatever it leads to. An address that is written as the host is matched by ranges only.</summary>
    public bool Names(string host, int port) => Name is not null && TakesPort(port) && (Below
        ? host.Length > Name.Length + 1 && host.EndsWith(Name, StringComparison.Ordinal) && host[^(Name.Length + 1)] == '.'
        : host == Name);

    public bool Holds(IPAddress address, int port) =>
        Range is { } range && TakesPort(port) && range.Contains(address.IsIPv4MappedToIPv6 && range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? address.MapToIPv4() : address);

    private bool TakesPort(int port) => Port is null || Port == port;

    private static IPNetwork? ParseRange(string host)
    {
        if (host.Contains('/', StringComparison.Ordinal))
        {
            // 10.0.0.1/8 could mean one host or sixteen million.
            return IPNetwork.TryParse(host, out var range) && IPAddress.TryParse(host[..host.IndexOf('/', StringComparison.Ordinal)], out var first)
                && first.Equals(range.BaseAddress)
                    ? range
                    : null;
        }

        // Only the usual spelling: 010.0.0.1 means one address to some and another to others.
        return IPAddress.TryParse(host, out var address)
            && !host.Contains('%', StringComparison.Ordinal)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == host)
                ? new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32)
                : null;
    }
}
