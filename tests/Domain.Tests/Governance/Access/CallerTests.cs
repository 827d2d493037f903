using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Governance.Access;

public sealed class CallerTests
{
    private static readonly Scope Orders = new() { Applications = ["orders"] };

    [Theory]
    [InlineData("orders", null, null, true)]
    [InlineData("orders", "prod", "prometheus", true)]
    [InlineData("payment", null, null, false)]
    [InlineData("Orders", null, null, false)]
    [InlineData(null, "prod", null, false)]
    public void May_LimitedToAnApplication_CoversItAlone(string? application, string? environment, string? datasource, bool may) =>
        Assert.Equal(may, Limited(Orders).May(Permission.ReadAlerts, new AccessTarget(application, environment, datasource)));

    [Fact]
    public void May_SeveralTargets_NeedsEachOfThem()
    {
        var caller = Limited(Orders);

        Assert.True(caller.May(Permission.ReadAlerts, [new AccessTarget("orders", "a", null), new AccessTarget("orders", "b", null)]));
        Assert.False(caller.May(Permission.ReadAlerts, [new AccessTarget("orders", null, null), new AccessTarget("payment", null, null)]));
        Assert.False(caller.May(Permission.ReadAlerts, []));
        Assert.False(caller.May(Permission.ReadAlerts, (IReadOnlyList<AccessTarget>?)null));
        Assert.True(Callers.Everything().May(Permission.ReadAlerts, (IReadOnlyList<AccessTarget>?)null));
    }

    [Fact]
    public void May_OtherPermission_IsNot()
    {
        var caller = Limited(Orders);

        Assert.True(caller.May(Permission.ReadAlerts));
        Assert.False(caller.May(Permission.ReadLogs));
        Assert.False(caller.May(Permission.Admin));
        Assert.False(caller.May(Permission.None));
        Assert.False(Callers.Everything().May(Permission.None));
        Assert.All(Permissions.All, p => Assert.True(Callers.Everything().May(p)));
    }

    [Fact]
    public void MayQuery_LimitedToPartsOfASource_IsNot()
    {
        Assert.False(Limited(Orders).MayQuery(Permission.ReadAlerts, "prometheus"));
        Assert.False(Limited(new Scope { Environments = ["prod"] }).MayQuery(Permission.ReadAlerts, "prometheus"));
        Assert.False(Limited(new Scope { Datasources = ["eu"] }).MayQuery(Permission.ReadAlerts, "prometheus"));
        Assert.True(Limited(new Scope { Datasources = ["prometheus"] }).MayQuery(Permission.ReadAlerts, "prometheus"));
    }

    [Theory]
    [InlineData("", "orders", true)]
    [InlineData("orders", "", false)]
    [InlineData("orders,payment", "orders", true)]
    [InlineData("orders", "orders,payment", false)]
    public void Contains_AnotherScope_IsNeverWider(string outer, string inner, bool contains) =>
        Assert.Equal(contains, new Scope { Applications = Names(outer) }.Contains(new Scope { Applications = Names(inner) }));

    [Fact]
    public void BuiltInRoles_ApproverAndOperator_NeitherProposesAndApproves()
    {
        Assert.DoesNotContain(Permission.ProposeRemediation, Role.Approver.Permissions);
        Assert.DoesNotContain(Permission.ApproveRemediation, Role.Operator.Permissions);
        Assert.All(Role.BuiltIn.Where(r => r != Role.Admin), r => Assert.DoesNotContain(Permission.Admin, r.Permissions));
    }

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static Caller Limited(Scope scope) => Callers.With("t", scope, Permission.ReadAlerts);
}
