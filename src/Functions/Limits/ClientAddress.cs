using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Nightwatch.Functions.Limits;

/// <summary>Where a request comes from, as far as it can be believed.</summary>
public static class ClientAddress
{
    private const int MaxForwarded = 20;
    private const int MaxForwardedLength = 2048;

    /// <summary>
    /// The address of the client: the connection's, or what the trusted proxies say in X-Forwarded-For, read from the right, since whatever stands left of a
    /// trusted proxy's own word was written by the client. Null when the connection has none.
    /// </summary>
    public static IPAddress? Of(HttpContext http, TrustedProxies proxies)
    {
        var current = Plain(http.Connection.RemoteIpAddress);
        if (proxies.Count == 0 && proxies.Networks.Count == 0)
        {
            return current;
        }

        var forwarded = http.Request.Headers["X-Forwarded-For"].ToString();
        var parts = forwarded.Length > MaxForwardedLength ? [] : forwarded.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var left = proxies.Count;
        for (var i = parts.Length - 1; i >= Math.Max(0, parts.Length - MaxForwarded); i--)
        {
            var believed = proxies.Count > 0 ? left-- > 0 : current is not null && proxies.Contains(current);
            if (!believed || Parse(parts[i]) is not { } next)
            {
                break;
            }

            current = next;
        }

        return current;
    }

    /// <summary>What a limit per address counts: an IPv4 address, or the /64 of an IPv6 one, since its holder has all addresses in it.</summary>
    public static string KeyOf(HttpContext http, TrustedProxies proxies)
    {
        var address = Of(http, proxies);
        if (address is null)
        {
            return "unknown";
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address.ToString();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes) + "/64";
    }

    // With a port, as Azure's front ends write it, or without.
    private static IPAddress? Parse(string text) =>
        Plain(IPAddress.TryParse(text, out var address) ? address : IPEndPoint.TryParse(text, out var end) ? end.Address : null);

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
