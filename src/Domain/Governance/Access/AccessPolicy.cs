namespace Nightwatch.Domain.Governance.Access;

/// <summary>What is known of somebody who signed in, as far as rights follow from it.</summary>
public sealed record Principal
{
    /// <summary>Who vouches for the rest. Groups and roles of one issuer mean nothing at another.</summary>
    public required string Issuer { get; init; }

    /// <summary>The issuer's own, stable id of the person.</summary>
    public required string Subject { get; init; }

    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyList<string> Roles { get; init; } = [];
}

/// <summary>Gives a role, in a tenant and a scope, to those of one issuer who have any of the groups, claimed roles or subjects.</summary>
public sealed record Assignment
{
    public required Role Role { get; init; }

    public required string Issuer { get; init; }

    public string Tenant { get; init; } = Tenants.Default;

    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyList<string> ClaimedRoles { get; init; } = [];

    public IReadOnlyList<string> Subjects { get; init; } = [];

    public Scope Scope { get; init; } = Scope.Everywhere;

    public bool Fits(Principal principal) =>
        Issuer == principal.Issuer
        && (Groups.Any(g => principal.Groups.Contains(g, StringComparer.Ordinal))
            || ClaimedRoles.Any(r => principal.Roles.Contains(r, StringComparer.Ordinal))
            || Subjects.Contains(principal.Subject, StringComparer.Ordinal));
}

/// <summary>Which tenants there are, and who may do what in them. Nobody has a right that no assignment gives.</summary>
public sealed record AccessPolicy
{
    /// <summary>One tenant, nobody assigned: only tokens and the development mode get in.</summary>
    public static AccessPolicy Default { get; } = new();

    public IReadOnlyList<Tenant> Tenants { get; init; } = [new Tenant(Access.Tenants.Default, Access.Tenants.Default)];

    /// <summary>The built-in ones and the owner's.</summary>
    public IReadOnlyList<Role> Roles { get; init; } = Role.BuiltIn;

    public IReadOnlyList<Assignment> Assignments { get; init; } = [];

    public bool HasTenant(string id) => Tenants.Any(t => t.Id == id);

    /// <summary>The grants in each tenant where there are any.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Grant>> GrantsOf(Principal principal) => Assignments
        .Where(a => a.Fits(principal))
        .GroupBy(a => a.Tenant, StringComparer.Ordinal)
        .ToDictionary(
            tenant => tenant.Key,
            tenant => (IReadOnlyList<Grant>)[.. tenant.SelectMany(a => a.Role.Permissions.Select(p => new Grant(p, a.Scope))).Distinct()],
            StringComparer.Ordinal);
}

/// <summary>Where the policy comes from; it may change while the program runs.</summary>
public interface IAccessPolicy
{
    AccessPolicy Current { get; }
}

/// <summary>A policy that was read once.</summary>
public sealed class FixedAccessPolicy(AccessPolicy policy) : IAccessPolicy
{
    public AccessPolicy Current => policy;
}
