using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.DeadLetters;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Masking;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tests.Alerts;
using Nightwatch.Support;
using Finding = Nightwatch.Domain.Alerts.Finding;

namespace Nightwatch.Domain.Tests.DeadLetters;

public sealed class DeadLetterTests
{
    private const string Tenant = "t1";

    private readonly Clock clock = new();
    private readonly StoreFaults faults = new();
    private readonly InMemoryDocuments<DeadLetter> letters;
    private readonly InMemoryDocuments<DeadLetterBody> bodies;
    private readonly InMemoryDocuments<AlertEpisode> episodes;
    private readonly InMemoryDocuments<Finding> findings;
    private readonly StoreDeadLetter store;
    private readonly ListDeadLetters list;
    private readonly RedeliverDeadLetters redeliver;

    public DeadLetterTests()
    {
        letters = new InMemoryDocuments<DeadLetter>(DeadLetter.Type, faults);
        bodies = new InMemoryDocuments<DeadLetterBody>(DeadLetterBody.Type, faults);
        episodes = new InMemoryDocuments<AlertEpisode>(AlertEpisode.Type, faults);
        findings = new InMemoryDocuments<Finding>(Finding.Type, faults);
        var aside = new SetAsideEpisodes(episodes, clock);
        var policy = new FixedAccessPolicy(new AccessPolicy { Tenants = [new Tenant("first", "first"), new Tenant(Tenant, Tenant)] });
        store = new StoreDeadLetter(
            letters, bodies, new WordReader(), aside, new RaiseFinding(findings, clock), new TextMasker(), policy, clock, NullLogger<StoreDeadLetter>.Instance);
        list = new ListDeadLetters(letters, bodies);
        redeliver = new RedeliverDeadLetters(letters, bodies, new WordReader(), aside, clock);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Caller Operator => Callers.With(Tenant, Scope.Everywhere, Permission.ManageAlerts);

    [Fact]
    public async Task Store_ADeadLetter_KeepsTheReasonMaskedAndTheBodyAsItCame()
    {
        var letter = await store.StoreAsync(Received("t1 password=hunter2secret") with { Description = "Login failed: password=hunter2secret" }, Stop);

        Assert.Equal(DeadLetterState.Waiting, letter.State);
        Assert.Equal("MaxDeliveryCountExceeded", letter.Reason);
        Assert.Equal(10, letter.Deliveries);
        Assert.DoesNotContain("hunter2secret", letter.Description + letter.Excerpt, StringComparison.Ordinal);
        Assert.Equal("t1 password=hunter2secret", bodies.All(Tenant).Single().Text);
        Assert.Equal(FindingKinds.DeadLetter, findings.All(Tenant).Single().Kind);
    }

    [Fact]
    public async Task Store_TheSameMessageTwice_FindsTheFirst()
    {
        var first = await store.StoreAsync(Received("t1"), Stop);
        clock.Advance(TimeSpan.FromMinutes(1));

        var second = await store.StoreAsync(Received("t1") with { DeliveryCount = 12 }, Stop);

        Assert.Equal(first, second);
        Assert.Single(letters.All(Tenant));
        Assert.Equal(1, findings.All(Tenant).Single().Count);
    }

    [Fact]
    public async Task Store_SenderGivesEveryMessageOneId_KeepsEach()
    {
        await store.StoreAsync(Received("t1 a") with { MessageId = "" }, Stop);
        await store.StoreAsync(Received("t1 b") with { MessageId = "" }, Stop);

        Assert.Equal(2, letters.All(Tenant).Count);
    }

    [Theory]
    [InlineData("somebody-else e1")]
    [InlineData("")]
    public async Task Store_TenantIsNoneOfOurs_IsForTheFirstTenantAndSetsNothingAside(string body)
    {
        await EpisodeAsync("first", "e1");

        await store.StoreAsync(Received(body), Stop);

        Assert.Single(letters.All("first"));
        Assert.Equal(EpisodeStage.Received, episodes.All("first").Single().Stage);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Store_NoTextOrTooLong_IsKeptAndCannotBeSent(bool isLong)
    {
        var letter = await store.StoreAsync(Received("") with { Body = isLong ? Encoding.UTF8.GetBytes(new string('x', DeadLetterRules.MaxBodyBytes + 1)) : new byte[] { 0xff, 0x00, 0xfe } }, Stop);

        Assert.Equal(DeadLetterState.Unsendable, letter.State);
        var outcome = await redeliver.RedeliverAsync(Callers.Everything("first"), letter.Id, again: true, Stop);
        Assert.Equal(DeadLetterRefusal.Unsendable, outcome.Refusal);
        Assert.Null(outcome.Message);
        var body = bodies.All("first").Single();
        Assert.Equal(isLong ? DeadLetterRules.MaxBodyBytes : 4, body.Text.Length);
        Assert.Equal(1, await list.CountUndecidedAsync("first", 10, Stop));
    }

    [Fact]
    public async Task Store_AlertsOfTheMessage_AreSetAsideUnlessTheyChangedSince()
    {
        await EpisodeAsync(Tenant, "e1");
        await EpisodeAsync(Tenant, "done", EpisodeStage.Correlated);
        clock.Advance(TimeSpan.FromSeconds(1));
        var sent = clock.Now;
        clock.Advance(TimeSpan.FromSeconds(1));
        await EpisodeAsync(Tenant, "changed");

        await store.StoreAsync(Received("t1 e1 done changed nowhere") with { EnqueuedAt = sent }, Stop);

        Assert.Equal(EpisodeStage.SetAside, await StageAsync("e1"));
        Assert.Equal(EpisodeStage.Correlated, await StageAsync("done"));
        Assert.Equal(EpisodeStage.Received, await StageAsync("changed"));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["changed"], await new FindUnqueuedEpisodes(episodes, clock).ListAsync(Tenant, TimeSpan.Zero, 10, Stop));
    }

    [Fact]
    public async Task Store_DiesAnywhereAndIsRepeated_EndsTheSame()
    {
        for (var nth = 1; nth <= 4; nth++)
        {
            await EpisodeAsync(Tenant, $"e{nth}");
            var received = Received($"t1 e{nth}") with { MessageId = $"m{nth}" };
            faults.FailWrite(nth);
            await Assert.ThrowsAsync<StoreUnavailableException>(() => store.StoreAsync(received, Stop));

            await store.StoreAsync(received, Stop);

            Assert.Equal(EpisodeStage.SetAside, await StageAsync($"e{nth}"));
        }

        Assert.Equal(4, letters.All(Tenant).Count);
        Assert.Equal(4, bodies.All(Tenant).Count);
    }

    [Fact]
    public async Task Redeliver_AWaitingLetter_GivesTheMessageOnceAndPutsItsAlertsBackToWork()
    {
        await EpisodeAsync(Tenant, "e1");
        var letter = await store.StoreAsync(Received("t1 e1"), Stop);
        clock.Advance(TimeSpan.FromMinutes(5));

        var outcome = await redeliver.RedeliverAsync(Operator, letter.Id, again: false, Stop);
        var second = await redeliver.RedeliverAsync(Operator, letter.Id, again: false, Stop);
        var again = await redeliver.RedeliverAsync(Operator, letter.Id, again: true, Stop);

        Assert.Equal(new RedeliveredMessage("alerts", "t1 e1"), outcome.Message);
        Assert.Equal(("test", clock.Now), (outcome.Letter!.DecidedBy, outcome.Letter.DecidedAt!.Value));
        Assert.Equal(DeadLetterRefusal.Redelivered, second.Refusal);
        Assert.Null(second.Message);
        Assert.Equal(2, again.Letter!.Redeliveries);
        Assert.Equal(EpisodeStage.Received, await StageAsync("e1"));
    }

    [Fact]
    public async Task Redeliver_TwoCallersRace_OneSendsAndTheOtherIsToldWhoDid()
    {
        var letter = await store.StoreAsync(Received("t1"), Stop);
        DeadLetterOutcome? faster = null;
        faults.BeforeWrite = async () =>
        {
            faults.BeforeWrite = null;
            faster = await redeliver.RedeliverAsync(Operator with { Subject = "faster" }, letter.Id, again: false, Stop);
        };

        var slower = await redeliver.RedeliverAsync(Operator, letter.Id, again: false, Stop);

        Assert.NotNull(faster!.Message);
        Assert.Null(slower.Message);
        Assert.Equal(DeadLetterRefusal.Redelivered, slower.Refusal);
        Assert.Equal("faster", slower.Letter!.DecidedBy);
    }

    [Fact]
    public async Task RedeliverWaiting_ManyCallersAtOnce_SendEachMessageOnce()
    {
        for (var i = 0; i < 30; i++)
        {
            await store.StoreAsync(Received($"t1 {i}") with { MessageId = $"{i}", Queue = i % 3 == 0 ? "reconcile" : "alerts" }, Stop);
        }

        var batches = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => redeliver.RedeliverWaitingAsync(Operator, "alerts", 15, Stop)));
        var rest = await redeliver.RedeliverWaitingAsync(Operator, "alerts", 15, Stop);

        var sent = batches.Append(rest).SelectMany(b => b.Done).Select(o => o.Message).OfType<RedeliveredMessage>().Select(m => m.Body).ToList();
        Assert.Equal(20, sent.Count);
        Assert.Equal(20, sent.Distinct().Count());
        Assert.False(rest.HasMore);
        Assert.Equal(10, await list.CountUndecidedAsync(Tenant, 100, Stop));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public async Task RedeliverWaiting_OutOfBounds_IsRefusedByName(int most) =>
        Assert.Equal("max", (await Assert.ThrowsAsync<ArgumentException>(() => redeliver.RedeliverWaitingAsync(Operator, null, most, Stop))).ParamName);

    [Fact]
    public async Task Redeliver_DiesAfterTheAlertsAreBack_LeavesThemToTheReconciler()
    {
        await EpisodeAsync(Tenant, "e1");
        var letter = await store.StoreAsync(Received("t1 e1"), Stop);
        faults.FailWrite(2);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => redeliver.RedeliverAsync(Operator, letter.Id, again: false, Stop));

        Assert.Equal(DeadLetterState.Waiting, letters.All(Tenant).Single().State);
        Assert.Equal(EpisodeStage.Received, await StageAsync("e1"));
    }

    [Fact]
    public async Task Store_MessageComesOnceMoreAfterItsRedelivery_HoldsNothingBack()
    {
        await EpisodeAsync(Tenant, "e1");
        var letter = await store.StoreAsync(Received("t1 e1"), Stop);
        await redeliver.RedeliverAsync(Operator, letter.Id, again: false, Stop);

        await store.StoreAsync(Received("t1 e1") with { EnqueuedAt = clock.Now.AddHours(1) }, Stop);

        Assert.Equal(EpisodeStage.Received, await StageAsync("e1"));
    }

    [Fact]
    public async Task Store_SentBackBeforeItsAlertsAreSetAside_HoldsNothingBack()
    {
        await EpisodeAsync(Tenant, "e1");
        var received = Received("t1 e1");
        var writes = 0;
        // Body, letter, finding, then the alert.
        faults.BeforeWrite = async () =>
        {
            if (++writes == 4)
            {
                faults.BeforeWrite = null;
                Assert.NotNull((await redeliver.RedeliverAsync(Operator, DeadLetterRules.IdOf(received), again: false, Stop)).Message);
            }
        };

        var letter = await store.StoreAsync(received, Stop);

        Assert.Null(faults.BeforeWrite);
        Assert.Equal(DeadLetterState.Redelivered, letter.State);
        Assert.Equal(EpisodeStage.Received, await StageAsync("e1"));
    }

    [Fact]
    public async Task Unqueued_StoredByAClockThatWasAhead_AreFound()
    {
        await EpisodeAsync(Tenant, "e1");
        await EpisodeAsync(Tenant, "e2");
        clock.Advance(TimeSpan.FromDays(-2));
        await EpisodeAsync(Tenant, "young");

        Assert.Equal(["e1", "e2"], await new FindUnqueuedEpisodes(episodes, clock).ListAsync(Tenant, TimeSpan.FromMinutes(1), 10, Stop));
    }

    [Fact]
    public async Task Dismiss_ALetter_EndsItAndARedeliveryMustBeOnPurpose()
    {
        var letter = await store.StoreAsync(Received("t1"), Stop);

        Assert.Equal(DeadLetterState.Dismissed, (await redeliver.DismissAsync(Operator, letter.Id, Stop)).Letter!.State);
        Assert.Null((await redeliver.DismissAsync(Operator, letter.Id, Stop)).Refusal);
        Assert.Equal(DeadLetterRefusal.Dismissed, (await redeliver.RedeliverAsync(Operator, letter.Id, again: false, Stop)).Refusal);
        Assert.NotNull((await redeliver.RedeliverAsync(Operator, letter.Id, again: true, Stop)).Message);
        Assert.Equal(DeadLetterRefusal.Redelivered, (await redeliver.DismissAsync(Operator, letter.Id, Stop)).Refusal);
    }

    [Fact]
    public async Task List_ByQueueAndState_PagesTheLatestFirst()
    {
        for (var i = 0; i < 5; i++)
        {
            await store.StoreAsync(Received($"t1 {i}") with { MessageId = $"{i}" }, Stop);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await list.ListAsync(Operator, "alerts", DeadLetterState.Waiting, 3, null, Stop);
        var second = await list.ListAsync(Operator, "alerts", DeadLetterState.Waiting, 3, first.ContinuationToken, Stop);

        Assert.Equal(["4", "3", "2", "1", "0"], first.Items.Concat(second.Items).Select(l => l.MessageId));
        Assert.Empty((await list.ListAsync(Operator, "reconcile", null, 3, null, Stop)).Items);
        Assert.Empty((await list.ListAsync(Operator, null, DeadLetterState.Dismissed, 3, null, Stop)).Items);
    }

    [Fact]
    public async Task Everything_ForACallerWhoMayOnlyInPartOfTheTenant_IsClosed()
    {
        var letter = await store.StoreAsync(Received("t1"), Stop);
        var limited = Callers.With(Tenant, new Scope { Environments = ["prod"] }, Permission.ManageAlerts);

        Assert.Empty((await list.ListAsync(limited, null, null, 10, null, Stop)).Items);
        Assert.Null(await list.ReadAsync(limited, letter.Id, Stop));
        Assert.Equal(DeadLetterRefusal.Unknown, (await redeliver.RedeliverAsync(limited, letter.Id, again: true, Stop)).Refusal);
        Assert.Equal(DeadLetterRefusal.Unknown, (await redeliver.DismissAsync(limited, letter.Id, Stop)).Refusal);
        Assert.Empty((await redeliver.RedeliverWaitingAsync(limited, null, 10, Stop)).Done);
        Assert.Equal(DeadLetterRefusal.Unknown, (await redeliver.RedeliverAsync(Callers.Everything("first"), letter.Id, again: true, Stop)).Refusal);
    }

    private ReceivedDeadLetter Received(string body) => new()
    {
        Queue = "alerts",
        Body = Encoding.UTF8.GetBytes(body),
        MessageId = "m1",
        Reason = "MaxDeliveryCountExceeded",
        Description = "JsonException: no",
        DeliveryCount = 11,
        EnqueuedAt = clock.Now,
    };

    private async Task EpisodeAsync(string tenant, string id, EpisodeStage stage = EpisodeStage.Received)
    {
        var episode = new AlertEpisode
        {
            Id = id,
            Tenant = tenant,
            Fingerprint = "0000000000000000",
            Name = "Down",
            Status = AlertStatus.Firing,
            Stage = stage,
            Labels = new Dictionary<string, string>(),
            Annotations = new Dictionary<string, string>(),
            StartsAt = clock.Now,
            Source = "test",
            ReceivedAt = clock.Now,
            ChangedAt = clock.Now,
        };
        await episodes.WriteAsync(tenant, DocumentWrite<AlertEpisode>.Create(id, episode), Stop);
    }

    private async Task<EpisodeStage> StageAsync(string id) => (await episodes.ReadAsync(Tenant, id, Stop))!.Value.Stage;

    /// <summary>The first word is the tenant, the others are episodes.</summary>
    private sealed class WordReader : IMessageReader
    {
        public MessageSubject Read(string queue, string body) => body.Split(' ') is [{ Length: > 0 } tenant, .. var ids] ? new MessageSubject(tenant, ids) : MessageSubject.Unknown;
    }
}
