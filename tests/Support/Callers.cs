using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Support;

/// <summary>Callers for tests of use cases.</summary>
public static class Callers
{
    /// <summary>May see and do everything in the tenant.</summary>
    public static Caller Everything(string tenant = Tenants.Default) => With(tenant, Scope.Everywhere, Permission.Admin);

    public static Caller With(string tenant, Scope scope, params IReadOnlyList<Permission> permissions) => new()
    {
        Tenant = tenant,
        Subject = "test",
        Name = "a test",
        Kind = CallerKind.Person,
        Grants = [.. permissions.Select(p => new Grant(p, scope))],
    };
}
