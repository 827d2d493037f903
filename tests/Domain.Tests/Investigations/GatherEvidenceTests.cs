using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Tests.Investigations.Simulation;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Tests.Investigations;

/// <summary>Each question is answered and stored once; what stays unanswered is a gap.</summary>
public sealed class GatherEvidenceTests : InvestigationSteps
{
    [Fact]
    public async Task Gather_SourceDown_RetriesThenRecordsTheGap()
    {
        using var down = new Investigator(null, Now, _ => new FakeCatalog(FakeCatalog.Down));
        await down.OpenAsync("inc", [Alert], InvestigationDepth.Standard, Cancellation);
        var id = (await down.Get<ClaimInvestigation>().ClaimAsync(Tenant, "inc", Cancellation)).InvestigationId!;
        var step = (await down.Get<PlanInvestigation>().PlanAsync(Tenant, id, 1, Cancellation))[0].StepId;
        var gather = down.Get<GatherEvidence>();

        Assert.Equal(new GatherOutcome { Recorded = false, Retry = true }, await gather.GatherAsync(Tenant, id, step, lastAttempt: false, Cancellation));
        Assert.Empty(down.Evidence.All(Tenant));
        Assert.Equal(new GatherOutcome { Recorded = true, Retry = false }, await gather.GatherAsync(Tenant, id, step, lastAttempt: true, 3, Cancellation));
        var gap = Assert.Single(down.Evidence.All(Tenant));
        Assert.Equal((ToolStatus.Error, "connection refused", 3), (gap.Status, gap.Message, gap.Attempts));
    }

    [Fact]
    public async Task Gather_Twice_AsksAndStoresOnce()
    {
        await StartAsync();
        var step = (await PlanAsync(1))[0].StepId;
        var gather = Investigator.Get<GatherEvidence>();
        await gather.GatherAsync(Tenant, "inv-inc", step, false, Cancellation);
        var stored = Investigator.Evidence.All(Tenant)[0];
        Investigator.Time.Advance(TimeSpan.FromMinutes(1));
        var again = await gather.GatherAsync(Tenant, "inv-inc", step, false, Cancellation);
        await gather.RecordGapAsync(Tenant, "inv-inc", step, "the activity died", Cancellation);

        Assert.True(again.Recorded);
        Assert.Equal(stored.RecordedAt, Assert.Single(Investigator.Evidence.All(Tenant)).RecordedAt);
        Assert.Equal(ToolStatus.NoData, Investigator.Evidence.All(Tenant)[0].Status);
        Assert.Single(Catalog.Asked);
    }

    [Fact]
    public async Task Gather_UsesPermissionToReadOnlyAndTheStepsTimeout()
    {
        await StartAsync();
        await Investigator.Get<GatherEvidence>().GatherAsync(Tenant, "inv-inc", (await PlanAsync(1))[0].StepId, false, Cancellation);

        Assert.True(Catalog.Asked.TryPeek(out var asked));
        Assert.DoesNotContain(asked.Caller.Grants, g => g.Permission is not (Permission.ReadMetrics or Permission.ReadLogs or Permission.ReadDashboards or Permission.ReadAlerts or Permission.ReadIncidents));
        Assert.Equal(TimeSpan.FromSeconds(20), asked.Timeout);
    }

    [Fact]
    public async Task Gather_UnknownStepOrInvestigation_RecordsNothing()
    {
        await StartAsync();
        await PlanAsync(1);
        var gather = Investigator.Get<GatherEvidence>();

        Assert.False((await gather.GatherAsync(Tenant, "inv-inc", "r9-nothing", true, Cancellation)).Recorded);
        Assert.False((await gather.GatherAsync(Tenant, "inv-none", "r1-up", true, Cancellation)).Recorded);
        await gather.RecordGapAsync(Tenant, "inv-none", "r1-up", "x", Cancellation);
        Assert.Empty(Investigator.Evidence.All(Tenant));
    }

    [Fact]
    public async Task RecordGap_ActivityFailedForGood_IsAGapInTheReport()
    {
        await StartAsync();
        var step = (await PlanAsync(1))[0].StepId;
        await Investigator.Get<GatherEvidence>().RecordGapAsync(Tenant, "inv-inc", step, "the activity died three times", Cancellation);
        var conclusion = await Investigator.Get<ConcludeInvestigation>().ConcludeAsync(Tenant, "inv-inc", Cancellation);

        Assert.Contains(conclusion!.NotChecked, q => q.Why == "the activity died three times");
        Assert.Contains(conclusion.NotChecked, q => q.Why == "it was not answered in time");
    }
}
