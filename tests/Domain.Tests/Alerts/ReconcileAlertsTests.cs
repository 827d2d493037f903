using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Incidents;

namespace Nightwatch.Domain.Tests.Alerts;

public sealed class ReconcileAlertsTests
{
    private readonly AlertsWorld world = new();
    private readonly ScriptedAlertSource source = new();

    public ReconcileAlertsTests()
    {
        world.Sources.Add(source);
        world.Build();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private WebhookAlert Alert(string name = "A") => WebhookAlert.Firing(world.Clock.Now.AddMinutes(-3), ("alertname", name), ("service", "payment"), ("severity", "critical"));

    private ActiveAlert Held(WebhookAlert alert, string state = "active") => new()
    {
        Fingerprint = alert.Fingerprint,
        Labels = alert.Labels,
        Annotations = new Dictionary<string, string>(),
        StartsAt = alert.StartsAt,
        EndsAt = world.Clock.Now.AddMinutes(4),
        UpdatedAt = world.Clock.Now,
        State = state,
        SilencedBy = state == "suppressed" ? ["s1"] : [],
    };

    private Task<ReconcileOutcome> ReconcileAsync() => world.Reconcile.ReconcileAsync(AlertsWorld.Tenant, Cancel);

    [Fact]
    public async Task ReconcileAsync_MissingLongerThanGrace_ClosesAndResolvesTheIncident()
    {
        var alert = Alert();
        await world.TakeAsync(alert);
        var missedAt = world.Clock.Now;
        Assert.Empty((await ReconcileAsync()).ChangedEpisodeIds);
        world.Clock.Advance(world.Reconciliation.Grace);
        var outcome = await ReconcileAsync();
        Assert.Equal(1, outcome.Closed);
        Assert.Equal([alert.EpisodeId], outcome.ChangedEpisodeIds);
        Assert.Equal(("reconciled", missedAt), (world.Episode(alert.EpisodeId).ClosedBecause, world.Episode(alert.EpisodeId).EndsAt!.Value));
        Assert.True(Assert.Single((await world.CorrelateAsync(outcome.ChangedEpisodeIds)).Incidents).Resolved);
        world.Faults.Reset();
        Assert.Empty((await ReconcileAsync()).ChangedEpisodeIds);
        Assert.Equal(0, world.Faults.Writes);
    }

    [Fact]
    public async Task ReconcileAsync_BackWithinGrace_StaysOpen()
    {
        var alert = Alert();
        await world.TakeAsync(alert);
        await ReconcileAsync();
        source.Alerts.Add(Held(alert));
        await ReconcileAsync();
        Assert.Null(world.Episode(alert.EpisodeId).MissingSince);
        source.Alerts.Clear();
        world.Clock.Advance(world.Reconciliation.Grace);
        await ReconcileAsync();
        Assert.Equal(AlertStatus.Firing, world.Episode(alert.EpisodeId).Status);
    }

    [Fact]
    public async Task ReconcileAsync_HeldAgainAfterPresumedEnd_Reopens()
    {
        var alert = Alert();
        await world.TakeAsync(alert);
        await ReconcileAsync();
        world.Clock.Advance(world.Reconciliation.Grace);
        await world.CorrelateAsync((await ReconcileAsync()).ChangedEpisodeIds);
        source.Alerts.Add(Held(alert));
        var outcome = await ReconcileAsync();
        Assert.Equal(1, outcome.Reopened);
        Assert.False(Assert.Single((await world.CorrelateAsync(outcome.ChangedEpisodeIds)).Incidents).Resolved);
        Assert.Equal((1, 1, IncidentStatus.Open), (world.Incidents[0].Episodes, world.Incidents[0].FiringEpisodes, world.Incidents[0].Status));
    }

    [Fact]
    public async Task ReconcileAsync_StaleListAfterAResolve_DoesNotReopen()
    {
        var alert = Alert();
        var stale = Held(alert);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.DeliverAsync(alert.Resolved(world.Clock.Now));
        source.Alerts.Add(stale);
        Assert.Equal(0, (await ReconcileAsync()).Reopened);
    }

    [Fact]
    public async Task ReconcileAsync_UnknownAlert_IsTakenOnceAndJoinsItsLaterWebhook()
    {
        var alert = Alert();
        source.Alerts.Add(Held(alert));
        var outcome = await ReconcileAsync();
        Assert.Equal(1, outcome.Opened);
        Assert.Equal([alert.EpisodeId], outcome.ChangedEpisodeIds);
        Assert.Equal(AlertChange.Repeated, Assert.Single((await world.DeliverAsync(alert)).Accepted).Change);
        Assert.Equal(0, (await ReconcileAsync()).Opened);
    }

    [Fact]
    public async Task ReconcileAsync_SilencedThenActive_IsInvestigatedOnlyThen()
    {
        var alert = Alert();
        source.Alerts.Add(Held(alert, "suppressed"));
        source.Silences.Add(new AlertSilence { Id = "s1", State = "active", Matchers = [], StartsAt = world.Clock.Now, EndsAt = world.Clock.Now.AddHours(1), CreatedBy = "ann", Comment = "known" });
        var first = Assert.Single((await world.CorrelateAsync((await ReconcileAsync()).ChangedEpisodeIds)).Incidents);
        Assert.False(first.WantsInvestigation);
        Assert.StartsWith("Silenced by ann until", world.Incidents[0].SuppressedBecause, StringComparison.Ordinal);
        Assert.Equal("s1", world.Episode(alert.EpisodeId).Suppression!.Id);

        source.Alerts[0] = Held(alert);
        source.Silences.Clear();
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(Assert.Single((await world.CorrelateAsync((await ReconcileAsync()).ChangedEpisodeIds)).Incidents).WantsInvestigation);
        Assert.Null(world.Incidents[0].SuppressedBecause);
        Assert.Empty((await ReconcileAsync()).ChangedEpisodeIds);
    }

    [Fact]
    public async Task ReconcileAsync_SilencedThenResolved_DoesNotStayOpen()
    {
        var alert = Alert();
        source.Alerts.Add(Held(alert, "suppressed"));
        await world.CorrelateAsync((await ReconcileAsync()).ChangedEpisodeIds);
        source.Alerts.Clear();
        await ReconcileAsync();
        world.Clock.Advance(world.Reconciliation.Grace);
        await world.CorrelateAsync((await ReconcileAsync()).ChangedEpisodeIds);
        Assert.Equal(IncidentStatus.Resolved, world.Incidents[0].Status);
    }

    [Fact]
    public async Task ReconcileAsync_OneSourceDown_ClosesNothingAndRaisesAFinding()
    {
        var alert = Alert();
        await world.TakeAsync(alert);
        var down = new ScriptedAlertSource("am-2") { IsDown = true };
        world.Sources.Add(down);
        world.Build();
        source.Alerts.Add(Held(Alert("Other")));
        for (var i = 0; i < 3; i++)
        {
            var outcome = await ReconcileAsync();
            Assert.Equal(["am-2"], outcome.UnreachableSources);
            Assert.Equal(0, outcome.Closed);
            world.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(2, world.Episodes.All(AlertsWorld.Tenant).Count(e => e.Status == AlertStatus.Firing));
        var finding = Assert.Single(world.FindingDocuments.All(AlertsWorld.Tenant));
        Assert.Equal(("alert_source_unreachable", "am-2", 3), (finding.Kind, finding.Source, finding.Count));
    }

    [Fact]
    public async Task ReconcileAsync_GenericEpisode_OnlyExpiresWhenAsked()
    {
        await world.IngestAsync(AlertFormat.Generic, """{"name":"DiskFull"}""");
        world.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Empty((await ReconcileAsync()).ChangedEpisodeIds);
        world.Reconciliation.ExpireUnpolledAfter = TimeSpan.FromDays(2);
        Assert.Single((await ReconcileAsync()).ChangedEpisodeIds);
        Assert.Equal("expired", world.Episodes.All(AlertsWorld.Tenant)[0].ClosedBecause);
    }

    [Fact]
    public async Task ReconcileAsync_MaintenanceEnds_RequeuesTheAlertThatStillFires()
    {
        Assert.True(LabelMatcher.TryParse("service=\"db\"", out var matcher, out _));
        world.Maintenance = [new MaintenanceWindow { Name = "upgrade", Matchers = [matcher!], Start = world.Clock.Now.AddHours(-1), End = world.Clock.Now.AddMinutes(10) }];
        world.Build();
        var opened = await world.IngestAsync(AlertFormat.Generic, """{"name":"DiskFull","service":"db","severity":"critical"}""");
        Assert.False(Assert.Single((await world.CorrelateAsync(opened.ChangedEpisodeIds)).Incidents).WantsInvestigation);
        Assert.Contains("maintenance window 'upgrade'", world.Incidents[0].SuppressedBecause, StringComparison.Ordinal);
        Assert.Empty((await ReconcileAsync()).ChangedEpisodeIds);
        world.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.True(Assert.Single((await world.CorrelateAsync((await ReconcileAsync()).ChangedEpisodeIds)).Incidents).WantsInvestigation);
    }

    [Fact]
    public async Task ReconcileAsync_ManyOpenEpisodes_GoesThroughAllPages()
    {
        var alerts = Enumerable.Range(0, 1100).Select(i => Alert($"A{i}")).ToArray();
        await world.DeliverAsync(alerts);
        await ReconcileAsync();
        world.Clock.Advance(world.Reconciliation.Grace);
        Assert.Equal(1100, (await ReconcileAsync()).Closed);
    }
}
