using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Tests.Governance.Access;

public sealed class AccessPolicyFileTests
{
    private const string Valid = """
        tenants:
          - id: acme
            name: Acme
          - id: beta
        roles:
          - name: payments-oncall
            permissions: [read:metrics, read:incidents]
        assignments:
          - role: payments-oncall
            issuer: https://login.example/v2.0
            tenant: acme
            groups: [sre]
            applications: [payment, orders]
          - role: admin
            issuer: https://login.example/v2.0
            tenant: beta
            subjects: [u-1]
          - role: viewer
            issuer: https://other.example
            tenant: acme
            claimedRoles: [Nightwatch.Viewer]
        """;

    [Fact]
    public void Parse_ValidFile_GivesEachTheirGrantsInTheirTenants()
    {
        var policy = AccessPolicyFile.Parse(Valid).Value!;

        var grants = policy.GrantsOf(new Principal { Issuer = "https://login.example/v2.0", Subject = "u-1", Groups = ["sre", "staff"] });

        Assert.Equal(["acme", "beta"], grants.Keys.Order());
        Assert.Equal([Permission.ReadMetrics, Permission.ReadIncidents], grants["acme"].Select(g => g.Permission));
        Assert.All(grants["acme"], g => Assert.Equal(["payment", "orders"], g.Scope.Applications));
        Assert.Equal(new Grant(Permission.Admin, grants["beta"][0].Scope), Assert.Single(grants["beta"]));
    }

    [Theory]
    [InlineData("https://other.example", "u-1", "sre", "none")]
    [InlineData("https://login.example/v2.0/", "u-1", "sre", "none")]
    [InlineData("https://login.example/v2.0", "U-1", "SRE", "none")]
    [InlineData("https://login.example/v2.0", "u-2", "staff", "Nightwatch.Viewer")]
    public void GrantsOf_OtherIssuerCaseOrName_GivesNothing(string issuer, string subject, string group, string role)
    {
        var policy = AccessPolicyFile.Parse(Valid).Value!;

        Assert.Empty(policy.GrantsOf(new Principal { Issuer = issuer, Subject = subject, Groups = [group], Roles = [role] }));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("tenants: [{id: Acme}]", 1)]
    [InlineData("tenants: [{id: acme}, {id: acme}]", 1)]
    [InlineData("tenants: acme", 1)]
    [InlineData("roles: [{name: viewer, permissions: [admin]}]", 1)]
    [InlineData("roles: [{name: x, permissions: [read:everything]}]", 1)]
    [InlineData("roles: [{name: x, permissions: []}]", 1)]
    [InlineData("assignments: [{role: viewer, groups: [a]}]", 1)]
    [InlineData("assignments: [{role: none, issuer: i, groups: [a]}]", 1)]
    [InlineData("assignments: [{role: viewer, issuer: i}]", 1)]
    [InlineData("assignments: [{role: viewer, issuer: i, groups: []}]", 2)]
    [InlineData("assignments: [{role: viewer, issuer: i, groups: [a], applications: []}]", 1)]
    [InlineData("assignments: [{role: viewer, issuer: i, groups: [a], applications: ['']}]", 1)]
    [InlineData("assignments: [{role: viewer, issuer: i, groups: [a], tenant: other}]", 1)]
    [InlineData("assignments: [{role: viewer, issuer: i, groups: [a], application: [x]}]", 1)]
    [InlineData("tenants: [{id: a}, {id: b}]\nassignments: [{role: viewer, issuer: i, groups: [a]}]", 1)]
    [InlineData("admins: [me]", 1)]
    [InlineData("{", 1)]
    public void Parse_AnythingUnclear_IsAProblemAndNoPolicy(string yaml, int problems)
    {
        var read = AccessPolicyFile.Parse(yaml);

        Assert.Equal(problems, read.Problems.Count);
        Assert.Equal(problems == 0, read.Value is not null);
    }

    [Fact]
    public void Names_EveryPermission_IsReadBack() => Assert.All(Permissions.All, p =>
    {
        Assert.True(Permissions.TryParse(Permissions.NameOf(p), out var back));
        Assert.Equal(p, back);
    });

    [Fact]
    public void Names_AsDocumented_AreVerbAndObject() =>
        Assert.Equal(
            ["read:metrics", "write:dashboards", "run:playbooks", "approve:remediation", "manage:datasources", "read:audit", "admin"],
            new[] { Permission.ReadMetrics, Permission.WriteDashboards, Permission.RunPlaybooks, Permission.ApproveRemediation, Permission.ManageDatasources, Permission.ReadAudit, Permission.Admin }.Select(Permissions.NameOf));
}
