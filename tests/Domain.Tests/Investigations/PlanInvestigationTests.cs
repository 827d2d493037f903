using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tests.Investigations.Simulation;

namespace Nightwatch.Domain.Tests.Investigations;

/// <summary>What is asked in which round, once, whatever is repeated.</summary>
public sealed class PlanInvestigationTests : InvestigationSteps
{
    [Fact]
    public async Task Plan_SameRoundTwice_GivesTheSameSteps()
    {
        await StartAsync();
        var first = await PlanAsync(1);
        Investigator.Time.Advance(TimeSpan.FromMinutes(5));
        var again = await PlanAsync(1);

        Assert.Equal(first, again);
        Assert.Contains(first, s => s.StepId == "r1-alert.expression");
        Assert.Equal(first.Count, Investigator.Investigations.All(Tenant)[0].Steps.Count);
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
        Assert.Empty(await Investigator.Get<PlanInvestigation>().PlanAsync(Tenant, "inv-other", 1, Cancellation));
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
        var investigation = Investigator.Investigations.All(Tenant)[0];

        string[] topics = [Topics.AlertExpression, Topics.AlertHourBefore, Topics.AlertYesterday, Topics.AlertLastWeek, Topics.Up, Topics.Discovery, Topics.Change, Topics.Alerts, Topics.History, Topics.Similar, Topics.Silences, Topics.Logs];
        Assert.All(topics, t => Assert.Contains(investigation.Steps, s => s.Topic == t));
        Assert.Equal("orders", investigation.Subject!.Service);
        Assert.Contains("rate(http_requests_total{service=", investigation.Steps.First(s => s.Topic == Topics.AlertExpression).Arguments, StringComparison.Ordinal);
        Assert.DoesNotContain("> 1", investigation.Steps.First(s => s.Topic == Topics.AlertExpression).Arguments, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotBefore_CurveJustBegun_WaitsOnceAndAsksForTheCurveAgain()
    {
        var at = Alert.StartsAt.ToUnixTimeSeconds();
        using var young = new Investigator(null, Alert.StartsAt.AddSeconds(2), _ => new FakeCatalog(r => r.Name == "query_metrics_range"
            ? FakeCatalog.Data(r, new { series = new[] { new { labels = new { service = "orders" }, points = new[] { new[] { at - 5d, 0 }, [at, 5] } } } })
            : FakeCatalog.NoData(r)));
        await young.OpenAsync("inc", [Alert], InvestigationDepth.Standard, Cancellation);
        await young.Get<ClaimInvestigation>().ClaimAsync(Tenant, "inc", Cancellation);
        var plan = young.Get<PlanInvestigation>();
        var gather = young.Get<GatherEvidence>();

        Assert.Null(await plan.NotBeforeAsync(Tenant, "inv-inc", 1, Cancellation));
        Assert.Null(await plan.NotBeforeAsync(Tenant, "inv-inc", 2, Cancellation));
        foreach (var step in await plan.PlanAsync(Tenant, "inv-inc", 1, Cancellation))
        {
            await gather.GatherAsync(Tenant, "inv-inc", step.StepId, true, 1, Cancellation);
        }

        var notBefore = await plan.NotBeforeAsync(Tenant, "inv-inc", 2, Cancellation);
        Assert.InRange((notBefore!.Value - young.Time.GetUtcNow()).TotalSeconds, 1, 30);
        young.Time.Advance(notBefore.Value - young.Time.GetUtcNow());
        await plan.PlanAsync(Tenant, "inv-inc", 2, Cancellation);

        Assert.Equal(2, young.Investigations.All(Tenant)[0].Steps.Count(s => s.Topic == Topics.AlertExpression));
        Assert.Null(await plan.NotBeforeAsync(Tenant, "inv-inc", 2, Cancellation));
        Assert.Null(await plan.NotBeforeAsync(Tenant, "inv-inc", 3, Cancellation));
        Assert.Null(await plan.NotBeforeAsync(Tenant, "inv-other", 2, Cancellation));
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
        await Investigator.Incidents.WriteAsync(Tenant, DocumentWrite<Incident>.Create("inc", Investigator.NewIncident("inc", Alert, InvestigationDepth.Standard)), Cancellation);
        await ClaimAsync();
        await PlanAsync(1);

        Assert.Equal("orders", Investigator.Investigations.All(Tenant)[0].Subject!.Service);
    }
}
