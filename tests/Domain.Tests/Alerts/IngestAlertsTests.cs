using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Tests.Alerts;

public sealed class IngestAlertsTests
{
    private readonly AlertsWorld world = new();

    private WebhookAlert Alert(string name = "HighErrors", int minutes = 0) =>
        WebhookAlert.Firing(world.Clock.Now.AddMinutes(minutes - 10), ("alertname", name), ("service", "payment"), ("severity", "critical"));

    [Fact]
    public async Task IngestAsync_FiringRepeatedResolved_OpensRepeatsCloses()
    {
        var alert = Alert();
        var opened = await world.DeliverAsync(alert);
        Assert.Equal(AlertChange.Opened, Assert.Single(opened.Accepted).Change);
        Assert.Equal([alert.EpisodeId], opened.ChangedEpisodeIds);
        Assert.Equal(1, world.Faults.Writes);

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        var repeated = await world.DeliverAsync(alert, alert);
        Assert.All(repeated.Accepted, a => Assert.Equal(AlertChange.Repeated, a.Change));
        Assert.Empty(repeated.ChangedEpisodeIds);
        Assert.Equal(1, world.Faults.Writes);

        var end = world.Clock.Now;
        var resolved = await world.DeliverAsync(alert.Resolved(end));
        Assert.Equal(AlertChange.Resolved, Assert.Single(resolved.Accepted).Change);
        var episode = world.Episode(alert.EpisodeId);
        Assert.Equal((AlertStatus.Resolved, end, "resolved", EpisodeStage.Received), (episode.Status, episode.EndsAt!.Value, episode.ClosedBecause!, episode.Stage));
        Assert.Equal(2, world.Faults.Writes);
    }

    [Fact]
    public async Task IngestAsync_FiringAfterResolveWithSameStart_ChangesNothing()
    {
        var alert = Alert();
        await world.DeliverAsync(alert.Resolved(world.Clock.Now));
        var late = await world.DeliverAsync(alert);
        Assert.Equal(AlertChange.Ignored, Assert.Single(late.Accepted).Change);
        Assert.Equal(AlertStatus.Resolved, world.Episode(alert.EpisodeId).Status);
        Assert.False(world.Episode(alert.EpisodeId).SeenFiring);
    }

    [Fact]
    public async Task IngestAsync_FiringAndResolvedInOneBody_IsOneWrite()
    {
        var alert = Alert();
        var outcome = await world.DeliverAsync(alert, alert.Resolved(world.Clock.Now));
        Assert.Equal([AlertChange.Opened, AlertChange.Resolved], outcome.Accepted.Select(a => a.Change));
        Assert.Single(outcome.ChangedEpisodeIds);
        Assert.Equal(1, world.Faults.Writes);
        Assert.True(world.Episode(alert.EpisodeId).SeenFiring);
    }

    [Fact]
    public async Task IngestAsync_NanosecondsOfStart_AreTheSameEpisodeAsMilliseconds()
    {
        const string body = """{"version":"4","alerts":[{"status":"firing","labels":{"alertname":"a"},"startsAt":"2026-03-04T11:00:00.123456789+01:00"}]}""";
        var first = await world.IngestAsync(AlertFormat.Alertmanager, body);
        var second = await world.IngestAsync(AlertFormat.Alertmanager, body.Replace(".123456789+01:00", ".123+01:00", StringComparison.Ordinal));
        Assert.Equal(first.Accepted[0].EpisodeId, second.Accepted[0].EpisodeId);
        Assert.StartsWith("19cb84a417b-", first.Accepted[0].EpisodeId!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IngestAsync_OneBadAmongGood_KeepsTheGoodAndNamesTheField()
    {
        const string body = """
            {"version":"4","groupKey":"{}:{alertname=\"a\"}","truncatedAlerts":3,"notification_reason":"new","routeLabels":{"a":"b"},"alerts":[
              {"status":"firing","labels":{"alertname":"a"},"startsAt":"2026-03-04T11:00:00Z"},
              {"status":"firing","labels":{"alertname":7},"startsAt":"2026-03-04T11:00:00Z"},
              {"status":"silenced","labels":{"alertname":"c"},"startsAt":"2026-03-04T11:00:00Z"}]}
            """;
        var outcome = await world.IngestAsync(AlertFormat.Alertmanager, body);
        Assert.Equal(0, Assert.Single(outcome.Accepted).Index);
        Assert.Equal(["alerts[1].labels.alertname", "alerts[2].status"], outcome.Rejected.Select(r => r.Field));
        Assert.Null(outcome.Refusal);
        Assert.Equal(3, outcome.Truncated);
        Assert.True(outcome.WantsReconciliation);
        Assert.Equal(["alerts_rejected", "alerts_truncated"], world.FindingDocuments.All(AlertsWorld.Tenant).Select(f => f.Kind).Order());
    }

    [Fact]
    public async Task IngestAsync_NothingUsable_RefusesWith422AndRaisesAFinding()
    {
        var outcome = await world.IngestAsync(AlertFormat.Alertmanager, """{"version":"4","alerts":[{"status":"firing","labels":{},"startsAt":"2026-03-04T11:00:00Z"}]}""");
        Assert.Equal((422, "alerts[0].labels"), (outcome.Refusal!.Status, outcome.Refusal.Field));
        var finding = Assert.Single(world.FindingDocuments.All(AlertsWorld.Tenant));
        Assert.Equal(("webhook_refused", "alertmanager", 1), (finding.Kind, finding.Source, finding.Count));
        Assert.Empty(world.Episodes.All(AlertsWorld.Tenant));
    }

    [Fact]
    public async Task IngestAsync_GenericWithoutStart_RepeatsTheOpenEpisodeThenOpensANewOne()
    {
        const string firing = """{"name":"DiskFull","service":"db","summary":"90 %"}""";
        var opened = await world.IngestAsync(AlertFormat.Generic, firing);
        world.Clock.Advance(TimeSpan.FromHours(2));
        var repeated = await world.IngestAsync(AlertFormat.Generic, firing);
        Assert.Equal((AlertChange.Repeated, opened.Accepted[0].EpisodeId), (repeated.Accepted[0].Change, repeated.Accepted[0].EpisodeId));

        const string resolved = """{"alerts":[{"name":"DiskFull","service":"db","status":"resolved"}]}""";
        Assert.Equal(AlertChange.Resolved, (await world.IngestAsync(AlertFormat.Generic, resolved)).Accepted[0].Change);
        Assert.Equal(AlertChange.Ignored, (await world.IngestAsync(AlertFormat.Generic, resolved)).Accepted[0].Change);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(AlertChange.Opened, (await world.IngestAsync(AlertFormat.Generic, firing)).Accepted[0].Change);
        Assert.Equal(2, world.Episodes.All(AlertsWorld.Tenant).Count);
    }

    [Fact]
    public async Task IngestAsync_GenericResolveWithoutStart_ClosesAnEpisodeThatNamedItsStart()
    {
        await world.IngestAsync(AlertFormat.Generic, """{"name":"DiskFull","startsAt":"2026-03-04T11:00:00Z"}""");
        var outcome = await world.IngestAsync(AlertFormat.Generic, """{"name":"DiskFull","status":"RESOLVED"}""");
        Assert.Equal(AlertChange.Resolved, outcome.Accepted[0].Change);
        Assert.Equal(AlertStatus.Resolved, Assert.Single(world.Episodes.All(AlertsWorld.Tenant)).Status);
    }

    [Fact]
    public async Task IngestAsync_GenericFiringAndResolvedInOneBodyWithoutStart_OpensAndCloses()
    {
        var outcome = await world.IngestAsync(AlertFormat.Generic, """{"alerts":[{"name":"A"},{"name":"B"},{"name":"A","status":"resolved"}]}""");
        Assert.Equal([AlertChange.Opened, AlertChange.Opened, AlertChange.Resolved], outcome.Accepted.Select(a => a.Change));
        Assert.Equal([AlertStatus.Firing, AlertStatus.Resolved], world.Episodes.All(AlertsWorld.Tenant).Select(e => e.Status).Order());
    }

    [Fact]
    public async Task IngestAsync_DiedBetweenStartAndEpisode_UsesTheAgreedStart()
    {
        const string firing = """{"name":"DiskFull"}""";
        world.Faults.FailWrite(2);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => world.IngestAsync(AlertFormat.Generic, firing));
        var agreed = world.Clock.Now;
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        await world.IngestAsync(AlertFormat.Generic, firing);
        Assert.Equal(agreed, Assert.Single(world.Episodes.All(AlertsWorld.Tenant)).StartsAt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task IngestAsync_TwoProcessesAtOnce_MakeOneEpisodeAndOneOpened(bool startGiven)
    {
        for (var round = 0; round < 30; round++)
        {
            var start = startGiven ? """, "startsAt":"2026-03-04T11:00:00Z" """ : "";
            var body = $$"""{"alerts":[{"name":"Race{{round}}"{{start}}},{"name":"Race{{round}}b"{{start}}}]}""";
            var other = world.SecondProcess();
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => (i % 2 == 0 ? world : other).IngestAsync(AlertFormat.Generic, body))));
            Assert.Equal(2, outcomes.SelectMany(o => o.Accepted).Count(a => a.Change == AlertChange.Opened));
            Assert.Equal(2 * (round + 1), world.Episodes.All(AlertsWorld.Tenant).Count);
        }
    }

    [Fact]
    public async Task IngestAsync_ConflictsOnSomeWrites_RedoesOnlyThose()
    {
        world.Faults.ConflictNext(3);
        var outcome = await world.DeliverAsync(Alert("a"), Alert("b"), Alert("c"), Alert("d"));
        Assert.Equal(4, outcome.Accepted.Count(a => a.Change == AlertChange.Opened));
        Assert.Equal(4, outcome.ChangedEpisodeIds.Count);
        Assert.Equal(4, world.Faults.Writes);
        Assert.Equal([0, 1, 2, 3], outcome.Accepted.Select(a => a.Index));
    }

    [Fact]
    public async Task IngestAsync_EndlessConflictsOrStoreDown_ThrowsStoreUnavailable()
    {
        world.Faults.ConflictNext(1000);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => world.DeliverAsync(Alert()));
        world.Faults.ConflictNext(0);
        world.Faults.Unavailable = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => world.DeliverAsync(Alert()));
        world.Faults.Unavailable = false;
        Assert.Equal(AlertChange.Opened, (await world.DeliverAsync(Alert())).Accepted[0].Change);
    }

    [Fact]
    public async Task IngestAsync_RealResolveAfterPresumedEnd_ReplacesIt()
    {
        var alert = Alert();
        await world.DeliverAsync(alert);
        var read = await world.Episodes.ReadAsync(AlertsWorld.Tenant, alert.EpisodeId, TestContext.Current.CancellationToken);
        var presumed = read!.Value with { Status = AlertStatus.Resolved, ClosedBecause = "reconciled", EndsAt = world.Clock.Now };
        await world.Episodes.WriteAsync(AlertsWorld.Tenant, DocumentWrite<AlertEpisode>.Replace(read, presumed), TestContext.Current.CancellationToken);
        var end = world.Clock.Now.AddMinutes(-2);
        await world.DeliverAsync(alert.Resolved(end));
        Assert.Equal(("resolved", end), (world.Episode(alert.EpisodeId).ClosedBecause, world.Episode(alert.EpisodeId).EndsAt!.Value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task IngestAsync_DeliveriesInAnyOrderWithDuplicates_GiveTheSameEpisodes(int seed)
    {
        var start = world.Clock.Now.AddHours(-3);
        var deliveries = new List<WebhookAlert>();
        foreach (var name in new[] { "a", "b", "c" })
        {
            for (var i = 0; i < 4; i++)
            {
                var alert = WebhookAlert.Firing(start.AddMinutes(i * 20), ("alertname", name));
                deliveries.AddRange([alert, alert.Resolved(start.AddMinutes((i * 20) + 5))]);
            }
        }

        foreach (var delivery in deliveries)
        {
            await world.DeliverAsync(delivery);
        }

        for (var round = 0; round < 10; round++)
        {
            var other = new AlertsWorld();
            var random = new Random((seed * 100) + round);
            var shuffled = deliveries.Concat(deliveries).OrderBy(_ => random.Next()).ToArray();
            foreach (var chunk in shuffled.Chunk(1 + random.Next(5)))
            {
                await other.DeliverAsync(chunk);
            }

            Assert.Equal(
                world.Episodes.All(AlertsWorld.Tenant).Select(e => (e.Id, e.Status, e.StartsAt, e.EndsAt, e.ClosedBecause)),
                other.Episodes.All(AlertsWorld.Tenant).Select(e => (e.Id, e.Status, e.StartsAt, e.EndsAt, e.ClosedBecause)));
        }
    }
}
