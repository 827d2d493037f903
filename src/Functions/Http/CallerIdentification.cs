using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Functions.Http;

/// <summary>Who calls, or why nobody is let in with what the request carries.</summary>
public sealed record CallerOutcome
{
    public Caller? Caller { get; init; }

    public int Status { get; init; }

    public string Title { get; init; } = "";

    /// <summary>For the one who asked: what to do. Never says more than they know already.</summary>
    public string Detail { get; init; } = "";

    /// <summary>A credential was shown and was wrong: somebody may be trying.</summary>
    public bool IsFailedAttempt { get; init; }

    public static CallerOutcome Refuse(int status, string title, string detail) => new() { Status = status, Title = title, Detail = detail };
}

/// <summary>
/// Finds out who calls: a service token of the store, a token of the configuration, or whoever sits at this machine in the development mode. A credential
/// that is shown must be right, also where none would be needed.
/// </summary>
public sealed class CallerIdentification(IOptions<AccessOptions> options, ServiceTokens tokens, IAccessPolicy policy)
{
    public const string TenantHeader = "X-Nightwatch-Tenant";

    public async Task<CallerOutcome> IdentifyAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var outcome = CallerCredentials.TokenOf(http.Request) is { } token
            ? await OfTokenAsync(token, cancellationToken)
            : OfNobody(http);
        return outcome.Caller is { } caller
            ? InTenant(http, outcome, caller with { From = http.Connection.RemoteIpAddress?.ToString() ?? "unknown", CorrelationId = CorrelationId.Of(http) })
            : outcome;
    }

    private async Task<CallerOutcome> OfTokenAsync(string token, CancellationToken cancellationToken)
    {
        if (token.StartsWith(ServiceTokenText.Prefix, StringComparison.Ordinal))
        {
            return await tokens.FindAsync(token, cancellationToken) is { } found && policy.Current.HasTenant(found.Tenant)
                ? new CallerOutcome { Caller = found.ToCaller() }
                : Unknown("The request carries a service token that is not known, was revoked, or is over. Make a new one at api/access/tokens.");
        }

        List<Permission> permissions = [];
        if (CallerCredentials.Matches(token, options.Value.IntakeTokenHashes))
        {
            permissions.AddRange(Role.Sender.Permissions);
        }

        if (CallerCredentials.Matches(token, options.Value.ReadTokenHashes))
        {
            permissions.AddRange(Role.Viewer.Permissions);
        }

        if (CallerCredentials.Matches(token, options.Value.AdminTokenHashes))
        {
            permissions.AddRange(Role.Admin.Permissions);
        }

        return permissions.Count > 0
            ? new CallerOutcome { Caller = OfConfiguration($"token:configured-{Permissions.NameOf(permissions[^1])}", "configured token", CallerKind.Machine, permissions) }
            : Unknown("The request carries a token that is none of the configured ones. Compare its SHA-256 with the configured hash.");
    }

    private CallerOutcome OfNobody(HttpContext http)
    {
        var settings = options.Value;
        if (settings.AllowLoopbackWithoutCredentials)
        {
            return DevelopmentAccess.IsAtThisMachine(http)
                ? new CallerOutcome { Caller = OfConfiguration("development", "development", CallerKind.Development, Role.Admin.Permissions) }
                : Needed("NIGHTWATCH_DEVELOPMENT=loopback lets in only requests from this machine to a loopback address.");
        }

        return Needed(settings.IsEmpty
            ? "No token is configured: set NIGHTWATCH_INTAKE_TOKEN_SHA256 and NIGHTWATCH_READ_TOKEN_SHA256, or NIGHTWATCH_DEVELOPMENT=loopback on a machine of your own."
            : "Send the token as `Authorization: Bearer`, as the password of `Authorization: Basic`, or as `?code=`.");
    }

    /// <summary>In the first tenant; <see cref="InTenant"/> moves it where that is asked for and allowed.</summary>
    private Caller OfConfiguration(string subject, string name, CallerKind kind, IReadOnlyList<Permission> permissions) => new()
    {
        Tenant = policy.Current.HasTenant(Tenants.Default) ? Tenants.Default : policy.Current.Tenants[0].Id,
        Subject = subject,
        Name = name,
        Kind = kind,
        Grants = [.. permissions.Select(p => new Grant(p, Scope.Everywhere))],
    };

    /// <summary>A credential is for its tenant. Only the developer at this machine, who owns all of it, may choose another.</summary>
    private CallerOutcome InTenant(HttpContext http, CallerOutcome outcome, Caller caller)
    {
        var wanted = http.Request.Headers[TenantHeader].ToString();
        wanted = wanted.Length > 0 ? wanted : http.Request.Query["tenant"].ToString();
        if (wanted.Length == 0 || wanted == caller.Tenant)
        {
            return outcome with { Caller = caller };
        }

        return caller.Kind == CallerKind.Development && policy.Current.HasTenant(wanted)
            ? outcome with { Caller = caller with { Tenant = wanted } }
            : CallerOutcome.Refuse(StatusCodes.Status403Forbidden, "Not your tenant", $"The credential is not for the tenant that {TenantHeader} names.");
    }

    private static CallerOutcome Unknown(string detail) =>
        CallerOutcome.Refuse(StatusCodes.Status401Unauthorized, "The token is not known", detail) with { IsFailedAttempt = true };

    private static CallerOutcome Needed(string detail) => CallerOutcome.Refuse(StatusCodes.Status401Unauthorized, "A token is needed", detail);
}
