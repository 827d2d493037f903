using System.Net;
using Microsoft.AspNetCore.Http;

namespace Nightwatch.Functions.Http;

/// <summary>
/// The explicit development mode lets in whoever sits at this machine. Both ends must be loopback, and so must the name the caller used: a page from
/// elsewhere whose name was made to point here (DNS rebinding), or that posts across sites, is no developer at this machine.
/// </summary>
public static class DevelopmentAccess
{
    public static bool IsAtThisMachine(HttpContext http)
    {
        var connection = http.Connection;
        var local = IsLoopback(connection.RemoteIpAddress) && IsLoopback(connection.LocalIpAddress) && IsLoopbackName(http.Request.Host.Host);
        var origin = http.Request.Headers.Origin.ToString();
        var sameSite = origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == http.Request.Host.Value);
        return local && sameSite && !http.Request.Headers.ContainsKey("X-Forwarded-For");
    }

    private static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsLoopbackName(string host) => host is "localhost" or "127.0.0.1" or "[::1]" or "::1";
}
