using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tests.Investigations.Simulation;

namespace Nightwatch.Domain.Tests.Investigations;

/// <summary>An incident with one alert and an investigator who learns nothing from its tools: the steps of an investigation one by one.</summary>
public abstract class InvestigationSteps : IDisposable
{
    protected const string Tenant = Investigator.Tenant;

    protected static readonly DateTimeOffset Now = new(2026, 3, 4, 11, 1, 0, TimeSpan.Zero);

    protected static readonly AlertEpisode Alert = Investigator.Episode(
        "HighErrors",
        "rate(http_requests_total{service=\"orders\",code=~\"5..\"}[1m]) > 1",
        Now.AddSeconds(-20),
        new() { ["service"] = "orders", ["namespace"] = "shop", ["instance"] = "10.0.0.1:80" });

    protected InvestigationSteps() => Investigator = new Investigator(null, Now, _ => Catalog);

    public Investigator Investigator { get; }

    private protected FakeCatalog Catalog { get; } = new(FakeCatalog.NoData);

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Investigator.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Task OpenAsync(InvestigationState state = InvestigationState.Wanted, InvestigationDepth depth = InvestigationDepth.Standard) => Task.Run(async () =>
    {
        await Investigator.OpenAsync("inc", [Alert], depth, Cancellation);
        await ChangeIncidentAsync(i => i with { InvestigationState = state });
    });

    protected async Task StartAsync(InvestigationDepth depth = InvestigationDepth.Standard)
    {
        await OpenAsync(depth: depth);
        await ClaimAsync();
    }

    protected async Task ChangeIncidentAsync(Func<Incident, Incident> change)
    {
        var read = (await Investigator.Incidents.ReadAsync(Tenant, "inc", Cancellation))!;
        await Investigator.Incidents.WriteAsync(Tenant, DocumentWrite<Incident>.Upsert("inc", change(read.Value)), Cancellation);
    }

    protected Task<ClaimOutcome> ClaimAsync() => Investigator.Get<ClaimInvestigation>().ClaimAsync(Tenant, "inc", Cancellation);

    protected Task<IReadOnlyList<PlannedStep>> PlanAsync(int round) => Investigator.Get<PlanInvestigation>().PlanAsync(Tenant, "inv-inc", round, Cancellation);

    protected Task<Conclusion?> ConcludeAsync() => Investigator.Get<ConcludeInvestigation>().ConcludeAsync(Tenant, "inv-inc", Cancellation);

    protected Task<bool> CloseAsync() => Investigator.Get<CloseInvestigation>().CloseAsync(Tenant, "inc", Cancellation);
}
