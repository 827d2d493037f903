using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tests.Alerts;

namespace Nightwatch.Domain.Tests.Incidents;

public sealed class CorrelateAlertsTests
{
    private readonly AlertsWorld world = new();

    private DateTimeOffset Now => world.Clock.Now;

    private WebhookAlert Alert(string name, string service, double minutesAgo = 0, params (string, string)[] more) =>
        WebhookAlert.Firing(Now.AddMinutes(-minutesAgo), [("alertname", name), ("service", service), ("severity", "critical"), .. more]);

    [Fact]
    public async Task CorrelateAsync_SameServiceCloseInTime_JoinOneIncidentAndSayWhy()
    {
        var first = await world.TakeAsync(Alert("HighErrors", "payment"));
        var opened = Assert.Single(first.Incidents);
        Assert.True(opened is { Opened: true, WantsInvestigation: true, Resolved: false });

        world.Clock.Advance(TimeSpan.FromMinutes(3));
        var slow = Alert("HighLatency", "payment");
        var second = Assert.Single((await world.TakeAsync(slow)).Incidents);
        Assert.Equal((opened.IncidentId, false), (second.IncidentId, second.Opened));
        Assert.Equal("Same service payment as HighErrors, close in time.", world.Episode(slow.EpisodeId).JoinedBecause);

        var incident = Assert.Single(world.Incidents);
        Assert.Equal((2, 2, "critical", "HighErrors on payment"), (incident.Episodes, incident.FiringEpisodes, incident.Severity, incident.Title));
        Assert.Equal(["service", "severity"], incident.CommonLabels.Keys.Order());
        Assert.All(world.Episodes.All(AlertsWorld.Tenant), e => Assert.Equal((EpisodeStage.Correlated, incident.Id), (e.Stage, e.IncidentId)));
    }

    [Fact]
    public async Task CorrelateAsync_UnrelatedOrFarApart_StayApart()
    {
        await world.TakeAsync(
            Alert("HighErrors", "payment", 0, ("cluster", "c1"), ("namespace", "prod"), ("prometheus", "p")),
            Alert("DiskFull", "search", 0, ("cluster", "c1"), ("namespace", "prod"), ("prometheus", "p")),
            Alert("HighErrors", "payment", 30, ("cluster", "c1"), ("version", "old")),
            Alert("HighErrors", "payment", 0, ("cluster", "c2")),
            Alert("HighErrors", "ledger", 0, ("cluster", "c1"), ("namespace", "prod")));
        Assert.Equal(5, world.Incidents.Count);
    }

    [Theory]
    [InlineData("{}:{}", false)]
    [InlineData("{}:{severity=\"critical\"}", false)]
    [InlineData("{}/{team=\"a\"}:{cluster=\"c\", namespace=\"x\"}", false)]
    [InlineData("{}:{alertname=\"Many\", service=\"a,b=\\\"c\"}", true)]
    [InlineData("{}:{alertname=\"Many\", namespace=\"x\"}", true)]
    public async Task CorrelateAsync_GroupKey_JoinsOnlyWhenItNamesASubject(string groupKey, bool joins)
    {
        var outcome = await world.DeliverGroupAsync(groupKey, Alert("A", "one"), Alert("B", "two"));
        await world.CorrelateAsync(outcome.ChangedEpisodeIds);
        Assert.Equal(joins ? 1 : 2, world.Incidents.Count);
    }

    [Fact]
    public async Task CorrelateAsync_PodServiceAndNode_AreRelated()
    {
        var start = Now;
        await world.TakeAsync(WebhookAlert.Firing(start, ("alertname", "KubePodCrashLooping"), ("namespace", "shop"), ("pod", "payment-7d9f8b6c5d-x2x4z"), ("node", "worker-3"), ("job", "kube-state-metrics"), ("instance", "10.0.0.9:8080")));
        await world.TakeAsync(WebhookAlert.Firing(start, ("alertname", "HighErrors"), ("namespace", "shop"), ("service", "payment-service")));
        await world.TakeAsync(WebhookAlert.Firing(start, ("alertname", "HostHighCpu"), ("job", "node-exporter"), ("instance", "worker-3:9100")));
        await world.TakeAsync(WebhookAlert.Firing(start, ("alertname", "KubePodNotReady"), ("namespace", "other"), ("pod", "search-0"), ("job", "kube-state-metrics"), ("instance", "10.0.0.9:8080")));
        Assert.Equal([1, 3], world.Incidents.Select(i => i.Episodes).Order());
    }

    [Fact]
    public async Task CorrelateAsync_LastAlertResolves_ResolvesTheIncident()
    {
        var (a, b) = (Alert("A", "payment"), Alert("B", "payment"));
        await world.TakeAsync(a, b);
        world.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.False(Assert.Single((await world.TakeAsync(a.Resolved(Now))).Incidents).Resolved);
        Assert.Equal(1, Assert.Single(world.Incidents).FiringEpisodes);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(Assert.Single((await world.TakeAsync(b.Resolved(Now))).Incidents).Resolved);
        var incident = Assert.Single(world.Incidents);
        Assert.Equal((IncidentStatus.Resolved, Now, 0, 2), (incident.Status, incident.ResolvedAt!.Value, incident.FiringEpisodes, incident.Episodes));
    }

    [Fact]
    public async Task CorrelateAsync_FiresAgainWithinCoolDown_ReopensLaterOpensANewOne()
    {
        var a = Alert("A", "payment");
        await world.TakeAsync(a);
        await ConcludeAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        await world.TakeAsync(a.Resolved(Now));
        world.Clock.Advance(TimeSpan.FromMinutes(4));
        var again = a with { StartsAt = Now };
        var reopened = Assert.Single((await world.TakeAsync(again)).Incidents);
        Assert.True(reopened is { Opened: false, WantsInvestigation: true, Resolved: false });
        Assert.Equal((IncidentStatus.Open, 1, 2), (world.Incidents[0].Status, world.Incidents[0].Reopened, world.Incidents[0].Episodes));
        Assert.Null(world.Incidents[0].ResolvedAt);

        await world.TakeAsync(again.Resolved(Now));
        world.Clock.Advance(TimeSpan.FromMinutes(40));
        Assert.True(Assert.Single((await world.TakeAsync(a with { StartsAt = Now })).Incidents) is { Opened: true, WantsInvestigation: true });
    }

    [Fact]
    public async Task CorrelateAsync_AnotherOfItsAlertsComesBack_TheTitleFollows()
    {
        var (a, b) = (Alert("A", "payment"), Alert("B", "payment"));
        await world.TakeAsync(a, b);
        Assert.Equal("A on payment", world.Incidents[0].Title);
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        await world.TakeAsync(a.Resolved(Now));
        Assert.Equal("A on payment", world.Incidents[0].Title);
        await world.TakeAsync(b.Resolved(Now));
        world.Clock.Advance(TimeSpan.FromMinutes(4));
        await world.TakeAsync(b with { StartsAt = Now });

        Assert.Equal((1, "B on payment"), (world.Incidents[0].Reopened, Assert.Single(world.Incidents).Title));
    }

    [Fact]
    public async Task CorrelateAsync_Flapping_StaysInOneIncidentWithOneInvestigation()
    {
        var a = Alert("A", "payment");
        for (var i = 0; i < 6; i++)
        {
            // Beyond the cool-down, so that only flapping keeps them together.
            var episode = a with { StartsAt = Now };
            await world.TakeAsync(episode);
            if (i == 0)
            {
                await ConcludeAsync();
            }

            world.Clock.Advance(TimeSpan.FromMinutes(2));
            await world.TakeAsync(episode.Resolved(Now));
            world.Clock.Advance(TimeSpan.FromMinutes(7));
        }

        var last = world.Episodes.All(AlertsWorld.Tenant).OrderBy(e => e.StartsAt).Last();
        Assert.Equal((true, 6), (last.Flapping, last.RecentEpisodes));
        // The first three are not flapping yet and open one each; from the fourth on no new one opens.
        Assert.Equal(3, world.Incidents.Count);
        Assert.Equal(last.IncidentId, world.Episodes.All(AlertsWorld.Tenant).OrderBy(e => e.StartsAt).ElementAt(2).IncidentId);
    }

    [Fact]
    public async Task CorrelateAsync_NewerStartOfSameAlert_SupersedesTheOpenOne()
    {
        var (first, second) = (Alert("A", "payment", 8), Alert("A", "payment", 2));
        await world.TakeAsync(first);
        await world.TakeAsync(second);
        var old = world.Episode(first.EpisodeId);
        Assert.Equal((AlertStatus.Resolved, "superseded", second.StartsAt, EpisodeStage.Correlated), (old.Status, old.ClosedBecause, old.EndsAt!.Value, old.Stage));
        var incident = Assert.Single(world.Incidents);
        Assert.Equal((2, 1, IncidentStatus.Open), (incident.Episodes, incident.FiringEpisodes, incident.Status));
    }

    [Fact]
    public async Task CorrelateAsync_StartsArriveOutOfOrder_EndWhereInOrderOnesDo()
    {
        WebhookAlert[] alerts = [Alert("A", "payment", 9), Alert("A", "payment", 6), Alert("A", "payment", 3)];
        foreach (var order in new[] { "012", "021", "102", "120", "201", "210" })
        {
            var other = new AlertsWorld();
            foreach (var i in order)
            {
                await other.TakeAsync(alerts[i - '0']);
            }

            Assert.Equal([alerts[1].StartsAt, alerts[2].StartsAt, null], alerts.Select(a => other.Episode(a.EpisodeId).EndsAt));
            var incident = Assert.Single(other.Incidents);
            Assert.Equal((3, 1, alerts[0].StartsAt), (incident.Episodes, incident.FiringEpisodes, incident.StartsAt));
        }
    }

    [Fact]
    public async Task CorrelateAsync_ResolveNeverSeenFiring_OpensNoIncident()
    {
        var outcome = await world.TakeAsync(Alert("A", "payment", 5).Resolved(Now));
        Assert.Empty(outcome.Incidents);
        Assert.Empty(world.Incidents);
        Assert.Equal(EpisodeStage.Correlated, world.Episodes.All(AlertsWorld.Tenant)[0].Stage);
    }

    [Fact]
    public async Task CorrelateAsync_ResolvedBeforeItWasTaken_IsInvestigatedOnce()
    {
        var alert = Alert("A", "payment", 5);
        await world.DeliverAsync(alert);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        var incident = Assert.Single((await world.TakeAsync(alert.Resolved(Now))).Incidents);
        Assert.True(incident is { Opened: true, Resolved: true, WantsInvestigation: true });
    }

    [Fact]
    public async Task CorrelateAsync_Repeated_WritesNothingAndSaysTheSame()
    {
        var ids = (await world.DeliverAsync(Alert("A", "payment"), Alert("B", "payment"), Alert("C", "search"))).ChangedEpisodeIds;
        var first = await world.CorrelateAsync(ids);
        var writes = world.Faults.Writes;
        var again = await world.CorrelateAsync(ids);
        Assert.Equal(writes, world.Faults.Writes);
        Assert.Equal(first.Incidents.Select(i => (i.IncidentId, i.WantsInvestigation)).Order(), again.Incidents.Select(i => (i.IncidentId, i.WantsInvestigation)).Order());
        Assert.All(again.Incidents, i => Assert.False(i.Opened));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CorrelateAsync_DiesAtAnyWrite_ARepeatCompletesIt(bool applied)
    {
        for (var nth = 1; ; nth++)
        {
            var other = new AlertsWorld();
            var a = WebhookAlert.Firing(other.Clock.Now, ("alertname", "A"), ("service", "payment"));
            WebhookAlert[] rest = [a with { StartsAt = a.StartsAt.AddMinutes(2) }, WebhookAlert.Firing(other.Clock.Now, ("alertname", "B"), ("service", "payment")), WebhookAlert.Firing(other.Clock.Now, ("alertname", "C"), ("service", "search"))];
            await other.TakeAsync(a);
            var ids = (await other.DeliverAsync([.. rest, rest[2].Resolved(other.Clock.Now.AddMinutes(1))])).ChangedEpisodeIds;
            other.Faults.FailWrite(nth, applied);
            var died = false;
            try
            {
                await other.CorrelateAsync(ids);
            }
            catch (StoreUnavailableException)
            {
                died = true;
                var restarted = other.SecondProcess();
                await restarted.CorrelateAsync(ids);
                await restarted.CorrelateAsync(other.Episodes.All(AlertsWorld.Tenant).Where(e => e.Stage == EpisodeStage.Received).Select(e => e.Id));
            }

            AssertSound(other);
            Assert.Equal([(1, 0), (3, 2)], other.Incidents.Select(i => (i.Episodes, i.FiringEpisodes)).Order());
            if (!died)
            {
                Assert.True(nth > 6, $"Only {nth - 1} writes were tried.");
                return;
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task CorrelateAsync_ManyProcessesDyingAtRandom_CountsAndMembershipHold(int seed)
    {
        var random = new Random(seed);
        var start = Now;
        var alerts = Enumerable.Range(0, 60).Select(i => WebhookAlert.Firing(start.AddSeconds(i % 7), ("alertname", $"A{i % 20}"), ("service", $"s{i % 6}"), ("shard", $"{i}"))).ToList();
        var deliveries = alerts.Concat(alerts.Where((_, i) => i % 2 == 0).Select(a => a.Resolved(start.AddMinutes(5)))).Concat(alerts.Take(20)).OrderBy(_ => random.Next()).ToList();
        world.Clock.Advance(TimeSpan.FromMinutes(6));
        AlertsWorld[] processes = [world, world.SecondProcess(), world.SecondProcess()];
        await Task.WhenAll(deliveries.Chunk(4).Select((chunk, i) => Task.Run(async () =>
        {
            var process = processes[i % processes.Length];
            IReadOnlyList<string> ids = [];
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    if (attempt == 0 && i % 3 == 0)
                    {
                        world.Faults.FailWrite(1 + (i % 5), applied: i % 2 == 0);
                    }

                    ids = [.. ids, .. (await process.DeliverAsync(chunk)).ChangedEpisodeIds];
                    await process.CorrelateAsync(ids);
                    return;
                }
                catch (StoreUnavailableException)
                {
                    // The sender, or the queue, tries again.
                }
            }
        })));
        // What a dead process left behind is found by the timer.
        var left = await new FindUnqueuedEpisodes(world.Episodes, world.Clock).ListAsync(AlertsWorld.Tenant, TimeSpan.Zero, 1000, TestContext.Current.CancellationToken);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        left = await new FindUnqueuedEpisodes(world.Episodes, world.Clock).ListAsync(AlertsWorld.Tenant, TimeSpan.Zero, 1000, TestContext.Current.CancellationToken);
        await world.CorrelateAsync(left);
        AssertSound(world);
        Assert.Equal(60, world.Episodes.All(AlertsWorld.Tenant).Count);
        Assert.Equal(6, world.Incidents.Count(i => i.Episodes > 0));
    }

    [Fact]
    public async Task CorrelateAsync_OldIncidentLeftTheWindow_StillCountsItsResolve()
    {
        var a = Alert("A", "payment");
        await world.TakeAsync(a);
        for (var i = 0; i < 5; i++)
        {
            world.Clock.Advance(TimeSpan.FromMinutes(30));
            await world.TakeAsync(Alert("Other", $"s{i}"));
        }

        Assert.DoesNotContain(world.Windows.All(AlertsWorld.Tenant)[0].Incidents, i => i.Title.StartsWith("A ", StringComparison.Ordinal));
        Assert.True(Assert.Single((await world.TakeAsync(a.Resolved(Now))).Incidents).Resolved);
        AssertSound(world);
    }

    [Fact]
    public async Task CorrelateAsync_SameAlertAgainWhileItsOldIncidentIsOpen_JoinsIt()
    {
        var a = Alert("A", "payment");
        await world.TakeAsync(a);
        for (var i = 0; i < 3; i++)
        {
            world.Clock.Advance(TimeSpan.FromHours(1));
            await world.TakeAsync(Alert("Other", $"s{i}"));
        }

        var again = a with { StartsAt = Now };
        Assert.False(Assert.Single((await world.TakeAsync(again)).Incidents, i => i.IncidentId == "inc-" + a.EpisodeId).Opened);
        Assert.Equal("superseded", world.Episode(a.EpisodeId).ClosedBecause);
        AssertSound(world);
    }

    [Fact]
    public async Task CorrelateAsync_StormOfUnrelatedAlerts_KeepsTheWindowSmallAndWritesFew()
    {
        var alerts = Enumerable.Range(0, 1000).Select(i => Alert("A", $"service-number-{i}")).ToArray();
        var ids = (await world.DeliverAsync(alerts)).ChangedEpisodeIds;
        world.Faults.Reset();
        await world.CorrelateAsync(ids);
        Assert.Equal(1000, world.Incidents.Count);
        Assert.Equal(2002, world.Faults.Writes);
        await world.TakeAsync(Alert("B", "last"));
        var window = Assert.Single(world.Windows.All(AlertsWorld.Tenant));
        Assert.InRange(window.Incidents.Count, 1, world.Correlation.MaxIncidents + 1);
        Assert.Single(window.Pending);
        AssertSound(world);
    }

    [Fact]
    public async Task CorrelateAsync_Information_IsNotInvestigatedUntilSomethingUrgentJoins()
    {
        var info = WebhookAlert.Firing(Now, ("alertname", "Info"), ("service", "payment"), ("severity", "info"));
        Assert.False(Assert.Single((await world.TakeAsync(info)).Incidents).WantsInvestigation);
        Assert.Equal("information", world.Incidents[0].Analysis!.Rule);
        Assert.True(Assert.Single((await world.TakeAsync(Alert("A", "payment"))).Incidents).WantsInvestigation);
        Assert.Equal(("urgent", "critical"), (world.Incidents[0].Analysis!.Rule, world.Incidents[0].Severity));
    }

    [Fact]
    public async Task CorrelateAsync_UnknownIds_AreIgnored()
    {
        Assert.Empty((await world.CorrelateAsync("nothing", "else")).Incidents);
        Assert.Empty((await world.CorrelateAsync()).Incidents);
        Assert.Equal(0, world.Faults.Writes);
    }

    private async Task ConcludeAsync()
    {
        foreach (var incident in world.Incidents.Where(i => i.InvestigationState == InvestigationState.Wanted))
        {
            var read = await world.IncidentDocuments.ReadAsync(AlertsWorld.Tenant, incident.Id, TestContext.Current.CancellationToken);
            await world.IncidentDocuments.WriteAsync(
                AlertsWorld.Tenant, DocumentWrite<Incident>.Replace(read!, read!.Value with { InvestigationState = InvestigationState.Concluded, InvestigationId = "inv" }), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Every episode is in exactly one incident that exists, and every count is what the episodes say.</summary>
    private static void AssertSound(AlertsWorld world)
    {
        var episodes = world.Episodes.All(AlertsWorld.Tenant);
        var byIncident = episodes.ToLookup(e => e.IncidentId);
        var incidents = world.Incidents;
        var ids = incidents.Select(i => i.Id).ToHashSet();
        Assert.All(episodes, e => Assert.Equal(EpisodeStage.Correlated, e.Stage));
        Assert.All(episodes, e => Assert.True(e.IncidentId is null || ids.Contains(e.IncidentId)));
        Assert.All(incidents, i =>
        {
            var own = byIncident[i.Id].ToList();
            Assert.Equal((own.Count, own.Count(e => e.Status == AlertStatus.Firing)), (i.Episodes, i.FiringEpisodes));
            Assert.Equal(i.FiringEpisodes == 0 ? IncidentStatus.Resolved : IncidentStatus.Open, i.Status);
        });
    }
}
