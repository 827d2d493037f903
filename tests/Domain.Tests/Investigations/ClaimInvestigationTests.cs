using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Tests.Investigations;

/// <summary>An incident gets one investigation for each time that it was open, whoever asks and whoever dies.</summary>
public sealed class ClaimInvestigationTests : InvestigationSteps
{
    [Fact]
    public async Task Claim_Wanted_ClaimsOnceAndAnswersTheSameAgain()
    {
        await OpenAsync();
        var first = await ClaimAsync();
        var second = await ClaimAsync();

        Assert.Equal("inv-inc", first.InvestigationId);
        Assert.Equal(first, second);
        Assert.Equal(InvestigationState.Claimed, Investigator.Incidents.All(Tenant)[0].InvestigationState);
        Assert.Single(Investigator.Investigations.All(Tenant));
    }

    [Fact]
    public async Task Claim_ManyAtOnce_MakesOneInvestigation()
    {
        await OpenAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ClaimAsync()));

        Assert.All(outcomes, o => Assert.Equal("inv-inc", o.InvestigationId));
        Assert.Single(Investigator.Investigations.All(Tenant));
    }

    [Fact]
    public async Task Claim_ProcessDiedBetweenItsTwoWrites_NextClaimCreatesTheInvestigation()
    {
        await OpenAsync();
        Investigator.Investigations.Faults.FailWrite(1);
        await Assert.ThrowsAsync<StoreUnavailableException>(ClaimAsync);
        Assert.Empty(Investigator.Investigations.All(Tenant));

        Assert.Equal("inv-inc", (await ClaimAsync()).InvestigationId);
        Assert.Single(Investigator.Investigations.All(Tenant));
    }

    [Fact]
    public async Task Claim_NotToBeInvestigated_SaysWhy()
    {
        Assert.Equal("not_found", (await ClaimAsync()).Reason);
        await OpenAsync(InvestigationState.NotWanted);
        Assert.Equal("not_wanted", (await ClaimAsync()).Reason);
        await ChangeIncidentAsync(i => i with { InvestigationState = InvestigationState.Concluded });
        Assert.Equal("concluded", (await ClaimAsync()).Reason);
        Assert.Empty(Investigator.Investigations.All(Tenant));
    }

    [Fact]
    public async Task Claim_IncidentThatCameBack_GetsAnotherInvestigationOfItsNewAlert()
    {
        await StartAsync();
        await PlanAsync(1);
        await ConcludeAsync();
        var old = Investigator.Episodes.All(Tenant)[0];
        await Investigator.Episodes.WriteAsync(Tenant, DocumentWrite<AlertEpisode>.Upsert(old.Id, old with { Status = AlertStatus.Resolved, EndsAt = Now }), Cancellation);
        var back = old with { Id = AlertEpisode.IdOf(old.Fingerprint, Now.AddMinutes(4)), StartsAt = Now.AddMinutes(4) };
        await Investigator.Episodes.WriteAsync(Tenant, DocumentWrite<AlertEpisode>.Create(back.Id, back), Cancellation);
        await ChangeIncidentAsync(i => i with { InvestigationState = InvestigationState.Wanted, Reopened = 1 });

        Assert.Equal("inv-inc-2", (await ClaimAsync()).InvestigationId);
        await Investigator.Get<PlanInvestigation>().PlanAsync(Tenant, "inv-inc-2", 1, Cancellation);
        Assert.Equal(back.StartsAt, Investigator.Investigations.All(Tenant).Single(i => i.Id == "inv-inc-2").Subject!.StartsAt);
    }

    [Fact]
    public async Task Claim_StoreKeepsChanging_GivesUpLoudly()
    {
        await OpenAsync();
        Investigator.Incidents.Faults.ConflictNext(100);

        await Assert.ThrowsAsync<StoreUnavailableException>(ClaimAsync);
    }
}
