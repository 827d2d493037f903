using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tests.Investigations.Simulation;

namespace Nightwatch.Domain.Tests.Investigations;

/// <summary>The conclusion and the outcome are drawn, stored and told to the incident, whatever dies in between.</summary>
public sealed class ConcludeInvestigationTests : InvestigationSteps
{
    [Fact]
    public async Task Conclude_EverySourceDown_ConcludesAndSaysSo()
    {
        using var down = new Investigator(null, Now, _ => new FakeCatalog(FakeCatalog.Down));
        await down.OpenAsync("inc", [Alert], InvestigationDepth.Deep, Cancellation);
        var view = await down.RunAsync("inc", Cancellation);

        Assert.Equal(InvestigationStatus.Concluded, view.Investigation.Status);
        Assert.Empty(view.Investigation.Conclusion!.Hypotheses);
        Assert.Contains("no source answered", view.Investigation.Conclusion.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain(view.Investigation.Conclusion.NotChecked, q => q.Why.Contains("was found", StringComparison.Ordinal));
        Assert.True(view.Investigation.Conclusion.NotChecked.Count >= view.Evidence.Count);
        Assert.Equal(InvestigationState.Concluded, view.Incident!.InvestigationState);
    }

    [Fact]
    public async Task Conclude_OnlyTheOwnStoreAnswers_DoesNotSayThatItLooked()
    {
        using var blind = new Investigator(null, Now, _ => new FakeCatalog(r =>
            r.Name.StartsWith("find_", StringComparison.Ordinal) || r.Name.StartsWith("get_", StringComparison.Ordinal) ? FakeCatalog.Data(r, new { incidents = Array.Empty<object>() }) : FakeCatalog.Down(r)));
        await blind.OpenAsync("inc", [Alert], InvestigationDepth.Standard, Cancellation);
        var view = await blind.RunAsync("inc", Cancellation);

        Assert.Contains("neither metrics nor logs answered", view.Investigation.Conclusion!.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conclude_DiedBeforeTellingTheIncident_NextCallTellsIt()
    {
        await StartAsync();
        Investigator.Incidents.Faults.FailWrite(1);
        await Assert.ThrowsAsync<StoreUnavailableException>(ConcludeAsync);
        Assert.Equal(InvestigationState.Claimed, Investigator.Incidents.All(Tenant)[0].InvestigationState);

        var first = await ConcludeAsync();
        Investigator.Time.Advance(TimeSpan.FromMinutes(2));
        var again = await ConcludeAsync();

        Assert.Equal(first!.Summary, Investigator.Incidents.All(Tenant)[0].Conclusion);
        Assert.Equal(first.Summary, again!.Summary);
        Assert.Equal(Now, Investigator.Investigations.All(Tenant)[0].ConcludedAt);
    }

    [Fact]
    public async Task Conclude_NeverPlanned_SaysThatItCouldNotBegin()
    {
        await StartAsync();
        Assert.Contains("could not begin", (await ConcludeAsync())!.Summary, StringComparison.Ordinal);
        Assert.Null(await Investigator.Get<ConcludeInvestigation>().ConcludeAsync(Tenant, "inv-none", Cancellation));
    }

    [Fact]
    public async Task Conclude_IncidentResolvedMeanwhile_RecordsTheOutcomeToo()
    {
        await StartAsync();
        await ChangeIncidentAsync(i => i with { Status = IncidentStatus.Resolved, ResolvedAt = i.StartsAt.AddSeconds(70) });
        await ConcludeAsync();

        Assert.StartsWith("Resolved after 70 s.", Investigator.Investigations.All(Tenant)[0].Outcome, StringComparison.Ordinal);
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
        Assert.StartsWith("Resolved after 12 min.", Investigator.Investigations.All(Tenant)[0].Outcome, StringComparison.Ordinal);
        Assert.False(await Investigator.Get<CloseInvestigation>().CloseAsync(Tenant, "none", Cancellation));
    }
}
