namespace Nightwatch.Domain.Governance.SignIn;

/// <summary>An issuer that we trust, and for what.</summary>
public sealed record IdentityProvider
{
    /// <summary>Stands in an issuer of Entra for the tenant's id: one issuer per tenant, one set of keys.</summary>
    public const string TenantPlaceholder = "{tenantid}";

    public static readonly TimeSpan MostClockSkew = TimeSpan.FromMinutes(5);

    public required string Name { get; init; }

    /// <summary>Exactly as the tokens have it, or with <see cref="TenantPlaceholder"/>.</summary>
    public required string Issuer { get; init; }

    /// <summary>Null: nobody signs in at the page with it, it only issues tokens for the API.</summary>
    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    /// <summary>A token for the API must be for one of these. None: no token of this issuer is accepted at the API.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    public IReadOnlyList<string> Algorithms { get; init; } = ["RS256", "PS256", "ES256"];

    /// <summary>Entra tenants (lower case) that may come in; required with a placeholder, and checked whenever there are any.</summary>
    public IReadOnlyList<string> TenantIds { get; init; } = [];

    /// <summary>A claim, or a path through objects such as <c>realm_access.roles</c>.</summary>
    public string GroupsClaim { get; init; } = "groups";

    public string RolesClaim { get; init; } = "roles";

    public string NameClaim { get; init; } = "name";

    public IReadOnlyList<string> Scopes { get; init; } = ["openid", "profile", "email"];

    /// <summary>How far the issuer's clock may be from ours; at most <see cref="MostClockSkew"/>.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(1);

    public bool IsTemplate => Issuer.Contains(TenantPlaceholder, StringComparison.Ordinal);

    /// <summary>
    /// Whether this is an issuer of ours: the same text, character by character; with a placeholder, the same text once the token's own tenant stands in it,
    /// and only if that tenant is on the list.
    /// </summary>
    public bool Issues(string issuer, string? tenantId)
    {
        var tenantListed = tenantId is not null && TenantIds.Contains(tenantId, StringComparer.Ordinal);
        return IsTemplate
            ? tenantListed && Issuer.Replace(TenantPlaceholder, tenantId, StringComparison.Ordinal) == issuer
            : Issuer == issuer && (TenantIds.Count == 0 || tenantListed);
    }

    /// <summary>A record would print its secret.</summary>
    public override string ToString() => $"{Name} ({Issuer})";
}
