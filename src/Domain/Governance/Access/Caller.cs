namespace Nightwatch.Domain.Governance.Access;

public enum CallerKind
{
    Person,

    /// <summary>A service token.</summary>
    Machine,

    /// <summary>Whoever sits at this machine, in the explicit development mode.</summary>
    Development,

    /// <summary>Nightwatch itself: timers, queues, orchestrations.</summary>
    System,
}

/// <summary>One permission and where it holds.</summary>
public sealed record Grant(Permission Permission, Scope Scope);

/// <summary>Who asks, for which tenant, what they may, and from where. Made at the door, and handed down to whatever is done for them.</summary>
public sealed record Caller
{
    public required string Tenant { get; init; }

    /// <summary>Stable: oidc:{issuer}|{sub}, machine:{token id}, development, system.</summary>
    public required string Subject { get; init; }

    /// <summary>For people; not unique.</summary>
    public required string Name { get; init; }

    public required CallerKind Kind { get; init; }

    public required IReadOnlyList<Grant> Grants { get; init; }

    /// <summary>Stable id of the browser session that the request came in; null without one.</summary>
    public string? Session { get; init; }

    /// <summary>Address of the sender, or system.</summary>
    public string From { get; init; } = "system";

    /// <summary>Ties together all that one request or one investigation did.</summary>
    public string CorrelationId { get; init; } = "";

    /// <summary>Nightwatch at its own work.</summary>
    public static Caller ForSystem(string tenant, IEnumerable<Permission> permissions, string correlationId = "") => new()
    {
        Tenant = tenant,
        Subject = "system",
        Name = "Nightwatch",
        Kind = CallerKind.System,
        Grants = [.. permissions.Select(p => new Grant(p, Scope.Everywhere))],
        CorrelationId = correlationId,
    };

    /// <summary>Somewhere at least.</summary>
    public bool May(Permission permission) => Scopes(permission).Any();

    public bool May(Permission permission, AccessTarget target) => Scopes(permission).Any(s => s.Covers(target));

    /// <summary>For something that is about several things: all of them. Unknown (null) is for those who may everywhere.</summary>
    public bool May(Permission permission, IReadOnlyList<AccessTarget>? targets) =>
        MayEverywhere(permission) || (targets is { Count: > 0 } && targets.All(t => May(permission, t)));

    public bool MayEverywhere(Permission permission) => Scopes(permission).Any(s => s.IsEverywhere);

    /// <summary>No part of what an investigation finds is closed to the caller.</summary>
    public bool ReadsEverything => Role.Viewer.Permissions.All(MayEverywhere);

    /// <summary>A query of the source in the caller's own words, which cannot be confined to an application.</summary>
    public bool MayQuery(Permission permission, string datasource) => Scopes(permission).Any(s => s.CoversSource(datasource));

    /// <summary>Scopes in which the permission holds.</summary>
    public IEnumerable<Scope> Scopes(Permission permission)
    {
        if (permission == Permission.None)
        {
            yield break;
        }

        foreach (var grant in Grants)
        {
            if (grant.Permission == permission || grant.Permission == Permission.Admin)
            {
                yield return grant.Scope;
            }
        }
    }
}
