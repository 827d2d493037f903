using Nightwatch.Domain.Applications;

namespace Nightwatch.Domain.Tests.Applications;

public sealed class ApplicationRulesTests
{
    [Fact]
    public void Check_EveryMemberWellUsed_FindsNothing() => Assert.Empty(ApplicationRules.Check(Profiles.Shop));

    public static TheoryData<string, ApplicationProfile> Wrong => new()
    {
        { "id", Profiles.Shop with { Id = "Shop" } },
        { "id", Profiles.Shop with { Id = "../shop" } },
        { "id", Profiles.Shop with { Id = new string('a', 64) } },
        { "id", Profiles.Shop with { Id = "shop\n" } },
        { "name", Profiles.Shop with { Name = " " } },
        { "name", Profiles.Shop with { Name = "a\u202eb" } },
        { "description", Profiles.Shop with { Description = new string('a', 2_001) } },
        { "architecture", Profiles.Shop with { Architecture = "password=hunter2-of-the-database" } },
        { "environments[1].name", Profiles.Shop with { Environments = [Profiles.Shop.Environments[0], Profiles.Shop.Environments[0]] } },
        { "environments[0]", Profiles.Shop with { Environments = [null!] } },
        { "owners", Profiles.Shop with { Owners = [.. Enumerable.Range(0, 21).Select(i => new ApplicationOwner($"o{i}", null))] } },
        { "components[4].name", Profiles.Shop with { Components = [.. Profiles.Shop.Components, new() { Name = "orders" }] } },
        { "components[3].dependsOn[0]", Component(c => c with { DependsOn = ["nothing"] }) },
        { "components[3].dependsOn[0]", Component(c => c with { DependsOn = ["db"] }) },
        { "components[3].dependsOn[1]", Component(c => c with { DependsOn = ["page", "page"] }) },
        { "components[3].dependsOn[0]", Component(c => c with { DependsOn = [null!] }) },
        { "components[3].metrics.labels", Component(c => c with { Metrics = new(null, Profiles.Map("a-b", "x")) }) },
        { "components[3].metrics.labels", Component(c => c with { Metrics = new(null, Profiles.Map("__name__", "x")) }) },
        { "components[3].logs.labels.app", Component(c => c with { Logs = new(null, Profiles.Map("app", "")) }) },
        { "components[3].logs.labels.app", Component(c => c with { Logs = new(null, Profiles.Map("app", null!)) }) },
        { "metrics.datasource", Profiles.Shop with { Metrics = new("", SourceMapping.NoLabels) } },
        { "defaultMetrics[0].query", Profiles.Shop with { DefaultMetrics = [new("a", "", "", "")] } },
        { "slos[2].objective", Slo(s => s with { Objective = 100 }) },
        { "slos[2].objective", Slo(s => s with { Objective = double.NaN }) },
        { "slos[2].windowDays", Slo(s => s with { WindowDays = 91 }) },
        { "slos[2].thresholdSeconds", Slo(s => s with { ThresholdSeconds = null }) },
        { "slos[2].thresholdSeconds", Slo(s => s with { ThresholdSeconds = double.PositiveInfinity }) },
        { "slos[2].component", Slo(s => s with { Component = "nothing" }) },
        { "slos[2].good", Slo(s => s with { Good = "x" }) },
        { "slos[2].total", Slo(s => new() { Name = "Fast", Kind = SloKind.ErrorRate, Objective = 1, Good = "x" }) },
        { "slos[2].query", Slo(s => new() { Name = "Fast", Kind = SloKind.ErrorRate, Objective = 1, Query = "x" }) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Check_OneThingWrong_NamesItsFieldAlone(string field, ApplicationProfile profile)
    {
        var problem = Assert.Single(ApplicationRules.Check(profile));

        Assert.Equal(field, problem.Field);
    }

    [Fact]
    public void Check_SeveralThingsWrong_NamesAll() => Assert.Equal(
        ["id", "name", "components[0].dependsOn[0]"],
        ApplicationRules.Check(new ApplicationProfile { Components = [new() { Name = "a", DependsOn = ["b"] }] }).Select(p => p.Field));

    private static ApplicationProfile Component(Func<ApplicationComponent, ApplicationComponent> change) =>
        Profiles.Shop with { Components = [.. Profiles.Shop.Components.Take(3), change(Profiles.Shop.Components[3])] };

    private static ApplicationProfile Slo(Func<ServiceLevelObjective, ServiceLevelObjective> change) =>
        Profiles.Shop with { Slos = [.. Profiles.Shop.Slos.Take(2), change(Profiles.Shop.Slos[2])] };
}
