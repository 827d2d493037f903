using System.Net;
using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Governance;

namespace Nightwatch.Functions.Http;

/// <summary>Whether a request may do what it asks, and if not, why.</summary>
public sealed record AccessDecision(int Status, string Title, string Detail)
{
    public static AccessDecision Granted { get; } = new(StatusCodes.Status200OK, "", "");

    public bool Allowed => Status == StatusCodes.Status200OK;

    public static AccessDecision Decide(HttpContext http, Permission permission, AccessOptions options)
    {
        var token = CallerCredentials.TokenOf(http.Request);
        if (token is null)
        {
            return options.AllowLoopbackWithoutCredentials ? DecideLoopback(http) : Unauthenticated(options);
        }

        var known = permission == Permission.IngestAlerts ? options.IntakeTokenHashes : options.ReadTokenHashes;
        if (CallerCredentials.Matches(token, known))
        {
            return Granted;
        }

        var other = permission == Permission.IngestAlerts ? options.ReadTokenHashes : options.IntakeTokenHashes;
        return CallerCredentials.Matches(token, other)
            ? new AccessDecision(
                StatusCodes.Status403Forbidden, "This token may not do that", $"The token is known, but does not carry the permission {permission}.")
            : new AccessDecision(
                StatusCodes.Status401Unauthorized,
                "The token is not known",
                "The request carries a token that is none of the configured ones. Compare its SHA-256 with the configured hash.");
    }

    private static AccessDecision Unauthenticated(AccessOptions options)
    {
        var fix = options.IntakeTokenHashes.Count + options.ReadTokenHashes.Count == 0
            ? "No token is configured: set NIGHTWATCH_INTAKE_TOKEN_SHA256 and NIGHTWATCH_READ_TOKEN_SHA256, or NIGHTWATCH_DEVELOPMENT=loopback on a machine of your own."
            : "Send the token as `Authorization: Bearer`, as the password of `Authorization: Basic`, or as `?code=`.";
        return new AccessDecision(StatusCodes.Status401Unauthorized, "A token is needed", fix);
    }

    /// <summary>
    /// Both ends must be loopback, and so must the name the caller used: a page from elsewhere whose name was made to point here (DNS rebinding), or
    /// that posts across sites, is no developer at this machine.
    /// </summary>
    private static AccessDecision DecideLoopback(HttpContext http)
    {
        var connection = http.Connection;
        var local = IsLoopback(connection.RemoteIpAddress) && IsLoopback(connection.LocalIpAddress) && IsLoopbackName(http.Request.Host.Host);
        var origin = http.Request.Headers.Origin.ToString();
        var sameSite = origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == http.Request.Host.Value);
        return local && sameSite && !http.Request.Headers.ContainsKey("X-Forwarded-For")
            ? Granted
            : new AccessDecision(
                StatusCodes.Status401Unauthorized,
                "A token is needed",
                "NIGHTWATCH_DEVELOPMENT=loopback lets in only requests from this machine to a loopback address.");
    }

    private static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsLoopbackName(string host) => host is "localhost" or "127.0.0.1" or "[::1]" or "::1";
}
