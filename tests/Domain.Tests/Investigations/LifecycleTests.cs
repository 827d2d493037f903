using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tests.Investigations.Simulation;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Tests.Investigations;

/// <summary>Claim, plan, gather, conclude, close, read: what is stored, once, whatever is repeated or dies in between.</summary>
public sealed class LifecycleTests : IDisposable
{
    private const string Tenant = Investigator.Tenant;

    private static readonly DateTimeOffset Now = new(2026, 3, 4, 11, 1, 0, TimeSpan.Zero);

    private static readonly AlertEpisode Alert = Investigator.Episode(
        "HighErrors", "rate(http_requests_total{service=\"orders\",code=~\"5..\"}[1m]) > 1", Now.AddSeconds(-20), new() { ["service"] = "orders", ["namespace"] = "shop", ["instance"] = "10.0.0.1:80" });

    private readonly FakeCatalog catalog = new(FakeCatalog.NoData);
    private readonly Investigator investigator;

    public LifecycleTests() => investigator = new Investigator(null, Now, _ => catalog);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => investigator.Dispose();

    [Fact]
    public async Task Claim_Wanted_ClaimsOnceAndAnswersTheSameAgain()
    {
        await OpenAsync();
        var first = await ClaimAsync();
        var second = await ClaimAsync();

        Assert.Equal("inv-inc", first.InvestigationId);
        Assert.Equal(first, second);
        Assert.Equal(InvestigationState.Claimed, investigator.Incidents.All(Tenant)[0].InvestigationState);
        Assert.Single(investigator.Investigations.All(Tenant));
    }

    [Fact]
    public async Task Claim_ManyAtOnce_MakesOneInvestigation()
    {
        await OpenAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ClaimAsync()));

        Assert.All(outcomes, o => Assert.Equal("inv-inc", o.InvestigationId));
        Assert.Single(investigator.Investigations.All(Tenant));
    }

    [Fact]
    public async Task Claim_ProcessDiedBetweenItsTwoWrites_NextClaimCreatesTheInvestigation()
    {
        await OpenAsync();
        investigator.Investigations.Faults.FailWrite(1);
        await Assert.ThrowsAsync<StoreUnavailableException>(ClaimAsync);
        Assert.Empty(investigator.Investigations.All(Tenant));

        Assert.Equal("inv-inc", (await ClaimAsync()).InvestigationId);
        Assert.Single(investigator.Investigations.All(Tenant));
    }

    [Fact]
    public async Task Claim_NotToBeInvestigated_SaysWhy()
    {
        Assert.Equal("not_found", (await ClaimAsync()).Reason);
        await OpenAsync(InvestigationState.NotWanted);
        Assert.Equal("not_wanted", (await ClaimAsync()).Reason);
        await ChangeIncidentAsync(i => i with { InvestigationState = InvestigationState.Concluded });
        Assert.Equal("concluded", (await ClaimAsync()).Reason);
        Assert.Empty(investigator.Investigations.All(Tenant));
    }

    [Fact]
    public async Task Claim_IncidentThatCameBack_GetsAnotherInvestigationOfItsNewAlert()
    {
        await StartAsync();
        await PlanAsync(1);
        await ConcludeAsync();
        var old = investigator.Episodes.All(Tenant)[0];
        await investigator.Episodes.WriteAsync(Tenant, DocumentWrite<AlertEpisode>.Upsert(old.Id, old with { Status = AlertStatus.Resolved, EndsAt = Now }), Cancellation);
        var back = old with { Id = AlertEpisode.IdOf(old.Fingerprint, Now.AddMinutes(4)), StartsAt = Now.AddMinutes(4) };
        await investigator.Episodes.WriteAsync(Tenant, DocumentWrite<AlertEpisode>.Create(back.Id, back), Cancellation);
        await ChangeIncidentAsync(i => i with { InvestigationState = InvestigationState.Wanted, Reopened = 1 });

        Assert.Equal("inv-inc-2", (await ClaimAsync()).InvestigationId);
        await investigator.Get<PlanInvestigation>().PlanAsync(Tenant, "inv-inc-2", 1, Cancellation);
        Assert.Equal(back.StartsAt, investigator.Investigations.All(Tenant).Single(i => i.Id == "inv-inc-2").Subject!.StartsAt);
    }

    [Fact]
    public async Task Claim_StoreKeepsChanging_GivesUpLoudly()
    {
        await OpenAsync();
        investigator.Incidents.Faults.ConflictNext(100);

        await Assert.ThrowsAsync<StoreUnavailableException>(ClaimAsync);
    }

    [Fact]
    public async Task Plan_SameRoundTwice_GivesTheSameSteps()
    {
        await StartAsync();
        var first = await PlanAsync(1);
        investigator.Time.Advance(TimeSpan.FromMinutes(5));
        var again = await PlanAsync(1);

        Assert.Equal(first, again);
        Assert.Contains(first, s => s.StepId == "r1-alert.expression");
        Assert.Equal(first.Count, investigator.Investigations.All(Tenant)[0].Steps.Count);
        Assert.Equal(first.Count, first.Select(s => s.StepId).Distinct().Count());
    }

    [Fact]
    public async Task Plan_ByTwoProcessesAtOnce_GivesBothTheSameSteps()
    {
        await StartAsync();
        var plans = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => PlanAsync(1)));

        Assert.All(plans, p => Assert.Equal(plans[0], p));
    }

    [Fact]
    public async Task Plan_RoundOutOfTurn_IsEmpty()
    {
        await StartAsync();

        Assert.Empty(await PlanAsync(2));
        Assert.Empty(await PlanAsync(0));
        Assert.Empty(await investigator.Get<PlanInvestigation>().PlanAsync(Tenant, "inv-other", 1, Cancellation));
    }

    [Fact]
    public async Task Plan_QuickDepth_HasOneRound()
    {
        await StartAsync(InvestigationDepth.Quick);

        Assert.NotEmpty(await PlanAsync(1));
        Assert.Empty(await PlanAsync(2));
    }

    [Fact]
    public async Task Plan_FirstRound_AsksWhatTheBriefOfAnInvestigationAsksFor()
    {
        await StartAsync();
        await PlanAsync(1);
        var investigation = investigator.Investigations.All(Tenant)[0];

        string[] topics = [Topics.AlertExpression, Topics.AlertHourBefore, Topics.AlertYesterday, Topics.AlertLastWeek, Topics.Up, Topics.Discovery, Topics.Change, Topics.Alerts, Topics.History, Topics.Similar, Topics.Silences, Topics.Logs];
        Assert.All(topics, t => Assert.Contains(investigation.Steps, s => s.Topic == t));
        Assert.Equal("orders", investigation.Subject!.Service);
        Assert.Contains("rate(http_requests_total{service=", investigation.Steps.First(s => s.Topic == Topics.AlertExpression).Arguments, StringComparison.Ordinal);
        Assert.DoesNotContain("> 1", investigation.Steps.First(s => s.Topic == Topics.AlertExpression).Arguments, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_NoToolForIt_IsSaidAndNotAsked()
    {
        using var few = new Investigator(null, Now, _ => new FakeCatalog(FakeCatalog.NoData, "list_alerts"));
        await few.OpenAsync("inc", [Alert], InvestigationDepth.Standard, Cancellation);
        var view = await few.RunAsync("inc", Cancellation);

        Assert.Equal("list_alerts", Assert.Single(view.Investigation.Steps).Tool);
        Assert.Contains(view.Investigation.Conclusion!.NotChecked, q => q.Why.Contains("query_metrics_range", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plan_WithoutGeneratorLink_AsksTheRule()
    {
        using var own = new Investigator(null, Now, _ => new FakeCatalog(r => r.Name == "get_alert_rule"
            ? FakeCatalog.Data(r, new { rules = new[] { new { name = "HighErrors", expression = "errors_total > 3" } } })
            : FakeCatalog.NoData(r)));
        await own.OpenAsync("inc", [Alert with { GeneratorUrl = null }], InvestigationDepth.Quick, Cancellation);
        var view = await own.RunAsync("inc", Cancellation);

        Assert.Equal("errors_total > 3", view.Investigation.Subject!.Expression);
    }

    [Fact]
    public async Task Plan_EpisodesGone_FallsBackToTheIncident()
    {
        await investigator.Incidents.WriteAsync(Tenant, DocumentWrite<Incident>.Create("inc", Investigator.NewIncident("inc", Alert, InvestigationDepth.Standard)), Cancellation);
        await ClaimAsync();
        await PlanAsync(1);

        Assert.Equal("orders", investigator.Investigations.All(Tenant)[0].Subject!.Service);
    }

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
        var gather = investigator.Get<GatherEvidence>();
        await gather.GatherAsync(Tenant, "inv-inc", step, false, Cancellation);
        var stored = investigator.Evidence.All(Tenant)[0];
        investigator.Time.Advance(TimeSpan.FromMinutes(1));
        var again = await gather.GatherAsync(Tenant, "inv-inc", step, false, Cancellation);
        await gather.RecordGapAsync(Tenant, "inv-inc", step, "the activity died", Cancellation);

        Assert.True(again.Recorded);
        Assert.Equal(stored.RecordedAt, Assert.Single(investigator.Evidence.All(Tenant)).RecordedAt);
        Assert.Equal(ToolStatus.NoData, investigator.Evidence.All(Tenant)[0].Status);
        Assert.Single(catalog.Asked);
    }

    [Fact]
    public async Task Gather_UsesPermissionToReadOnlyAndTheStepsTimeout()
    {
        await StartAsync();
        await investigator.Get<GatherEvidence>().GatherAsync(Tenant, "inv-inc", (await PlanAsync(1))[0].StepId, false, Cancellation);

        Assert.True(catalog.Asked.TryPeek(out var asked));
        Assert.DoesNotContain(asked.Granted, p => p is Permission.Admin or Permission.ManageAlerts or Permission.IngestAlerts);
        Assert.Equal(TimeSpan.FromSeconds(20), asked.Timeout);
    }

    [Fact]
    public async Task Gather_UnknownStepOrInvestigation_RecordsNothing()
    {
        await StartAsync();
        await PlanAsync(1);
        var gather = investigator.Get<GatherEvidence>();

        Assert.False((await gather.GatherAsync(Tenant, "inv-inc", "r9-nothing", true, Cancellation)).Recorded);
        Assert.False((await gather.GatherAsync(Tenant, "inv-none", "r1-up", true, Cancellation)).Recorded);
        await gather.RecordGapAsync(Tenant, "inv-none", "r1-up", "x", Cancellation);
        Assert.Empty(investigator.Evidence.All(Tenant));
    }

    [Fact]
    public async Task RecordGap_ActivityFailedForGood_IsAGapInTheReport()
    {
        await StartAsync();
        var step = (await PlanAsync(1))[0].StepId;
        await investigator.Get<GatherEvidence>().RecordGapAsync(Tenant, "inv-inc", step, "the activity died three times", Cancellation);
        var conclusion = await investigator.Get<ConcludeInvestigation>().ConcludeAsync(Tenant, "inv-inc", Cancellation);

        Assert.Contains(conclusion!.NotChecked, q => q.Why == "the activity died three times");
        Assert.Contains(conclusion.NotChecked, q => q.Why == "it was not answered in time");
    }

    [Fact]
    public async Task Conclude_EverySourceDown_ConcludesAndSaysSo()
    {
        using var down = new Investigator(null, Now, _ => new FakeCatalog(FakeCatalog.Down));
        await down.OpenAsync("inc", [Alert], InvestigationDepth.Deep, Cancellation);
        var view = await down.RunAsync("inc", Cancellation);

        Assert.Equal(InvestigationStatus.Concluded, view.Investigation.Status);
        Assert.Empty(view.Investigation.Conclusion!.Hypotheses);
        Assert.Contains("no source answered", view.Investigation.Conclusion.Summary, StringComparison.Ordinal);
        Assert.True(view.Investigation.Conclusion.NotChecked.Count >= view.Evidence.Count);
        Assert.Equal(InvestigationState.Concluded, view.Incident!.InvestigationState);
    }

    [Fact]
    public async Task Conclude_DiedBeforeTellingTheIncident_NextCallTellsIt()
    {
        await StartAsync();
        investigator.Incidents.Faults.FailWrite(1);
        await Assert.ThrowsAsync<StoreUnavailableException>(ConcludeAsync);
        Assert.Equal(InvestigationState.Claimed, investigator.Incidents.All(Tenant)[0].InvestigationState);

        var first = await ConcludeAsync();
        investigator.Time.Advance(TimeSpan.FromMinutes(2));
        var again = await ConcludeAsync();

        Assert.Equal(first!.Summary, investigator.Incidents.All(Tenant)[0].Conclusion);
        Assert.Equal(first.Summary, again!.Summary);
        Assert.Equal(Now, investigator.Investigations.All(Tenant)[0].ConcludedAt);
    }

    [Fact]
    public async Task Conclude_NeverPlanned_SaysThatItCouldNotBegin()
    {
        await StartAsync();
        Assert.Contains("could not begin", (await ConcludeAsync())!.Summary, StringComparison.Ordinal);
        Assert.Null(await investigator.Get<ConcludeInvestigation>().ConcludeAsync(Tenant, "inv-none", Cancellation));
    }

    [Fact]
    public async Task Close_ResolvedIncident_RecordsTheOutcomeOnce()
    {
        await StartAsync();
        Assert.False(await CloseAsync());
        await ConcludeAsync();
        await ChangeIncidentAsync(i => i with { Status = IncidentStatus.Resolved, ResolvedAt = i.StartsAt.AddMinutes(12) });

        Assert.True(await CloseAsync());
        Assert.True(await CloseAsync());
        Assert.StartsWith("Resolved after 12 min.", investigator.Investigations.All(Tenant)[0].Outcome, StringComparison.Ordinal);
        Assert.False(await investigator.Get<CloseInvestigation>().CloseAsync(Tenant, "none", Cancellation));
    }

    [Fact]
    public async Task Conclude_IncidentResolvedMeanwhile_RecordsTheOutcomeToo()
    {
        await StartAsync();
        await ChangeIncidentAsync(i => i with { Status = IncidentStatus.Resolved, ResolvedAt = i.StartsAt.AddSeconds(70) });
        await ConcludeAsync();

        Assert.StartsWith("Resolved after 70 s.", investigator.Investigations.All(Tenant)[0].Outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_ByCursor_GivesEachAnswerOnceAndEnds()
    {
        await StartAsync();
        var steps = await PlanAsync(1);
        var progress = investigator.Get<ListProgress>();
        var seen = new List<string>();
        string? cursor = null;
        foreach (var step in steps.Reverse())
        {
            await investigator.Get<GatherEvidence>().GatherAsync(Tenant, "inv-inc", step.StepId, true, Cancellation);
            var page = (await progress.ReadAsync(Tenant, "inv-inc", cursor, Cancellation))!;
            Assert.False(page.Done);
            seen.AddRange(page.Evidence.Select(e => e.StepId));
            cursor = page.Cursor;
        }

        await PlanAsync(2);
        await ConcludeAsync();
        var last = (await progress.ReadAsync(Tenant, "inv-inc", cursor, Cancellation))!;

        Assert.Equal(steps.Reverse().Select(s => s.StepId), seen);
        Assert.True(last.Done);
        Assert.Empty(last.Evidence);
        Assert.Equal(steps.Count, last.StepsAnswered);
        Assert.NotNull(last.Conclusion);
        Assert.Equal(steps.Count, (await progress.ReadAsync(Tenant, "inv-inc", "not a cursor", Cancellation))!.Evidence.Count);
        Assert.Null(await progress.ReadAsync(Tenant, "inv-none", null, Cancellation));
    }

    [Fact]
    public async Task FindStalled_WantedOrClaimedForLong_IsListedUntilConcluded()
    {
        await OpenAsync();
        var stalled = investigator.Get<FindStalledInvestigations>();
        Assert.Empty(await stalled.ListAsync(Tenant, TimeSpan.FromMinutes(1), 10, Cancellation));
        investigator.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(["inc"], await stalled.ListAsync(Tenant, TimeSpan.FromMinutes(1), 10, Cancellation));

        await ClaimAsync();
        investigator.Time.Advance(TimeSpan.FromMinutes(2));
        // Alerts go on to join: the incident is fresh, its claim is not.
        await ChangeIncidentAsync(i => i with { UpdatedAt = investigator.Time.GetUtcNow() });
        Assert.Equal(["inc"], await stalled.ListAsync(Tenant, TimeSpan.FromMinutes(1), 10, Cancellation));

        await ConcludeAsync();
        investigator.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(await stalled.ListAsync(Tenant, TimeSpan.FromMinutes(1), 10, Cancellation));
    }

    [Fact]
    public async Task Read_Unknown_IsNull() => Assert.Null(await investigator.Get<ReadInvestigation>().ReadAsync(Tenant, "inv-none", Cancellation));

    private Task OpenAsync(InvestigationState state = InvestigationState.Wanted, InvestigationDepth depth = InvestigationDepth.Standard) => Task.Run(async () =>
    {
        await investigator.OpenAsync("inc", [Alert], depth, Cancellation);
        await ChangeIncidentAsync(i => i with { InvestigationState = state });
    });

    private async Task StartAsync(InvestigationDepth depth = InvestigationDepth.Standard)
    {
        await OpenAsync(depth: depth);
        await ClaimAsync();
    }

    private async Task ChangeIncidentAsync(Func<Incident, Incident> change)
    {
        var read = (await investigator.Incidents.ReadAsync(Tenant, "inc", Cancellation))!;
        await investigator.Incidents.WriteAsync(Tenant, DocumentWrite<Incident>.Upsert("inc", change(read.Value)), Cancellation);
    }

    private Task<ClaimOutcome> ClaimAsync() => investigator.Get<ClaimInvestigation>().ClaimAsync(Tenant, "inc", Cancellation);

    private Task<IReadOnlyList<PlannedStep>> PlanAsync(int round) => investigator.Get<PlanInvestigation>().PlanAsync(Tenant, "inv-inc", round, Cancellation);

    private Task<Conclusion?> ConcludeAsync() => investigator.Get<ConcludeInvestigation>().ConcludeAsync(Tenant, "inv-inc", Cancellation);

    private Task<bool> CloseAsync() => investigator.Get<CloseInvestigation>().CloseAsync(Tenant, "inc", Cancellation);
}
