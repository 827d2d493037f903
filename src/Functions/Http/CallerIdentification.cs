using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Functions.Limits;
using Nightwatch.Functions.SignIn;

namespace Nightwatch.Functions.Http;

/// <summary>Who calls, or why nobody is let in with what the request carries.</summary>
public sealed record CallerOutcome
{
    public Caller? Caller { get; init; }

    public int Status { get; init; }

    public string Title { get; init; } = "";

    /// <summary>For the one who asked: what to do. Never says more than they know already.</summary>
    public string Detail { get; init; } = "";

    /// <summary>What an issuer said, if one was asked: so that nobody reads the session a second time for it.</summary>
    public IdentityReading Reading { get; init; } = IdentityReading.NoCredentials;

    public static CallerOutcome Refuse(int status, string title, string detail) => new() { Status = status, Title = title, Detail = detail };
}

/// <summary>
/// Finds out who calls: somebody an issuer vouches for, a service token of the store, a token of the configuration, or whoever sits at this machine in the
/// development mode. A credential that is shown must be right, also where none would be needed.
/// </summary>
public sealed partial class CallerIdentification(
    IdentityReader identities,
    IOptions<AccessOptions> options,
    ServiceTokens tokens,
    IAccessPolicy policy,
    IOptions<LimitsOptions> limits,
    ILogger<CallerIdentification> logger)
{
    public const string TenantHeader = "X-Nightwatch-Tenant";

    public async Task<CallerOutcome> IdentifyAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var reading = await identities.ReadAsync(http, cancellationToken);
        var outcome = reading.Refusal is { } refusal ? OfRefusal(refusal)
            : reading.Identity is { } identity ? OfIdentity(http, identity, reading.SessionId)
            : CallerCredentials.TokenOf(http.Request) is { } token ? InTenant(http, await OfTokenAsync(token, cancellationToken))
            : InTenant(http, OfNobody(http));
        return outcome.Caller is { } caller
            ? outcome with { Caller = caller with { From = AddressOf(http), CorrelationId = CorrelationId.Of(http) }, Reading = reading }
            : outcome with { Reading = reading };
    }

    /// <summary>The sender's address, as far as the trusted proxies can be believed.</summary>
    public string AddressOf(HttpContext http) => ClientAddress.Of(http, limits.Value.Proxies)?.ToString() ?? "unknown";

    private CallerOutcome OfRefusal(Refusal refusal)
    {
        LogRefused(logger, refusal.Reason);
        return CallerOutcome.Refuse(RefusalAnswers.StatusOf(refusal.Kind), RefusalAnswers.TitleOf(refusal.Kind), refusal.Told);
    }

    private CallerOutcome OfIdentity(HttpContext http, VerifiedIdentity identity, string? sessionId)
    {
        var current = policy.Current;
        var grants = current.GrantsOf(identity.ToPrincipal());
        var wanted = WantedTenant(http);
        var tenant = wanted ?? current.Tenants.Select(t => t.Id).FirstOrDefault(grants.ContainsKey);
        return tenant is not null && grants.TryGetValue(tenant, out var own)
            ? new CallerOutcome
            {
                Caller = new Caller { Tenant = tenant, Subject = identity.Key, Name = identity.Name, Kind = CallerKind.Person, Grants = own, Session = sessionId },
            }
            : CallerOutcome.Refuse(
                StatusCodes.Status403Forbidden,
                "You have no role here",
                identity.GroupsIncomplete
                    ? "You are signed in, but your issuer did not list all of your groups, and none of those listed has a role. Ask for an app role, or for fewer groups in the token."
                    : "You are signed in, but the access policy gives you no role" + (wanted is null ? "." : " in that tenant."));
    }

    private async Task<CallerOutcome> OfTokenAsync(string token, CancellationToken cancellationToken)
    {
        if (token.StartsWith(ServiceTokenText.Prefix, StringComparison.Ordinal))
        {
            return await tokens.FindAsync(token, cancellationToken) is { } found && policy.Current.HasTenant(found.Tenant)
                ? new CallerOutcome { Caller = found.ToCaller() }
                : Unknown("The request carries a service token that is not known, was revoked, or is over. Make a new one at api/access/tokens.");
        }

        var hash = CallerCredentials.HashOf(token);
        List<Permission> permissions = [];
        if (CallerCredentials.Matches(hash, options.Value.IntakeTokenHashes))
        {
            permissions.AddRange(Role.Sender.Permissions);
        }

        if (CallerCredentials.Matches(hash, options.Value.ReadTokenHashes))
        {
            permissions.AddRange(Role.Viewer.Permissions);
        }

        if (CallerCredentials.Matches(hash, options.Value.AdminTokenHashes))
        {
            permissions.AddRange(Role.Admin.Permissions);
        }

        return permissions.Count > 0
            ? new CallerOutcome { Caller = OfConfiguration($"machine:configured-{Permissions.NameOf(permissions[^1])}", "configured token", CallerKind.Machine, permissions) }
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

    /// <summary>From the header or, for streams, whose clients cannot set one, from the query.</summary>
    private static string? WantedTenant(HttpContext http) =>
        http.Request.Headers[TenantHeader].ToString() is { Length: > 0 } named ? named
        : http.Request.Query["tenant"].ToString() is { Length: > 0 } asked ? asked
        : null;

    /// <summary>A token is for its tenant. Only the developer at this machine, who owns all of it, may choose another.</summary>
    private CallerOutcome InTenant(HttpContext http, CallerOutcome outcome)
    {
        if (outcome.Caller is not { } caller || WantedTenant(http) is not { } wanted || wanted == caller.Tenant)
        {
            return outcome;
        }

        return caller.Kind == CallerKind.Development && policy.Current.HasTenant(wanted)
            ? outcome with { Caller = caller with { Tenant = wanted } }
            : CallerOutcome.Refuse(StatusCodes.Status403Forbidden, "Not your tenant", $"The credential is not for the tenant that {TenantHeader} names.");
    }

    private static CallerOutcome Unknown(string detail) =>
        CallerOutcome.Refuse(StatusCodes.Status401Unauthorized, "The token is not known", detail);

    private static CallerOutcome Needed(string detail) => CallerOutcome.Refuse(StatusCodes.Status401Unauthorized, "A token is needed", detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A credential was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
