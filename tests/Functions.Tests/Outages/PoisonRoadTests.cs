using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Incidents;
using Nightwatch.Functions.Tests.MainRoad;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Outages;

/// <summary>An alert that correlation always fails on, among good ones: two processes on one store and a real Azurite.</summary>
public sealed class PoisonRoadTests
{
    private const string AdminToken = "an-admin-of-the-tests";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Poison_AmongGoodAlerts_IsSetAsideWithItsReasonAndInvestigatedOnceItsCauseIsMended()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        using var state = new ScratchDirectory();
        await using var stored = new StoredState(state.Path);
        var settings = new Dictionary<string, string?> { ["NIGHTWATCH_ADMIN_TOKEN_SHA256"] = TextHash.Of(AdminToken) };
        await using var first = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, Stop);
        await using var second = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, Stop);
        using var one = Admin(first);
        using var other = Admin(second);
        using var queue = new QueueAccess(azurite.ConnectionString);

        // As if their messages had been lost: the reconciler queues all of them in one.
        // No window of time before the first moment can be reckoned.
        var poison = Episode("poison", 0) with { StartsAt = DateTimeOffset.MinValue };
        await stored.AddAsync([poison, .. Enumerable.Range(1, 9).Select(i => Episode($"good-{i}", i))]);
        await Eventually.TrueAsync(async () => await ConcludedAsync(stored) == 9, "the good ones are investigated");
        var letter = (await Eventually.GetAsync(() => LettersAsync(one), found => found.Count > 0))[0];

        Assert.Equal("MaxDeliveryCountExceeded", letter.GetProperty("reason").GetString());
        Assert.Contains("ArgumentOutOfRangeException: ", letter.GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Contains("\"poison\"", letter.GetProperty("excerpt").GetString(), StringComparison.Ordinal);
        // On a slow machine the reconciler may queue it a second time before the first message has failed ten times.
        await Eventually.TrueAsync(async () => await StageAsync(stored) == EpisodeStage.SetAside && await queue.CountAsync("alerts") == 0, "it is set aside");
        var letters = (await LettersAsync(one)).Count;
        Assert.Equal("attention", (await other.GetFromJsonAsync<JsonElement>("api/health", Stop)).GetProperty("status").GetString());

        // The reconciler has queued again, and not this one.
        await stored.AddAsync([Episode("late", 10)]);
        await Eventually.TrueAsync(async () => await ConcludedAsync(stored) == 10, "the late one is investigated");
        Assert.Equal(letters, (await LettersAsync(other)).Count);

        await stored.ReplaceAsync("poison", e => e with { StartsAt = e.ReceivedAt });
        var path = $"api/dead-letters/{letter.GetProperty("id").GetString()}/redeliver";
        var answers = await Task.WhenAll(one.PostAsync(path, null, Stop), other.PostAsync(path, null, Stop));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(a => a.StatusCode).Order());
        await Eventually.TrueAsync(async () => await ConcludedAsync(stored) == 11, "it is investigated");
        (await other.PostAsJsonAsync("api/dead-letters/redeliver", new { queue = "alerts" }, Stop)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(async () => await queue.CountAsync("alerts") == 0, "the queues are empty");
        Assert.Equal(11, (await stored.InvestigationsAsync()).Count);
        Assert.All(await LettersAsync(one), l => Assert.Equal("redelivered", l.GetProperty("state").GetString()));
        Assert.Equal(letters, (await LettersAsync(one)).Count);
        await Eventually.TrueAsync(
            async () => (await one.GetFromJsonAsync<JsonElement>("api/health", Stop)).GetProperty("status").GetString() == "ok", "it is well again");
    }

    [Fact]
    public async Task Alerts_ThatAreWell_CostNoRequestToADeadLetterQueueButItsPolls()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var proxy = await FaultyProxy.StartAsync(azurite.QueuePort, Stop);
        var (polls, others, puts) = (0, 0, 0);
        proxy.Fault = request =>
        {
            var isDead = request.Path.Value!.Contains("-deadletter", StringComparison.Ordinal);
            var isPoll = HttpMethods.IsGet(request.Method);
            Interlocked.Add(ref polls, isDead && isPoll ? 1 : 0);
            // Both queues are made once.
            Interlocked.Add(ref others, isDead && !isPoll && !HttpMethods.IsPut(request.Method) ? 1 : 0);
            Interlocked.Add(ref puts, HttpMethods.IsPost(request.Method) ? 1 : 0);
            return ProxyFault.None;
        };
        using var state = new ScratchDirectory();
        await using var app = await NightwatchApp.StartAsync(state.Path, Azurite.ConnectionStringAt(proxy.Port), null, Stop);
        await using var stored = new StoredState(state.Path);

        for (var i = 0; i < 30; i++)
        {
            using var body = Webhooks.Alertmanager($"well-{i}", [Webhooks.Firing("Down", $"well-{i}", TimeProvider.System.GetUtcNow())]);
            (await app.Http.PostAsync("api/alerts/alertmanager", body, Stop)).EnsureSuccessStatusCode();
        }

        await Eventually.TrueAsync(async () => await ConcludedAsync(stored) == 30, "all are investigated");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"30 alerts: {puts} messages put, {polls} polls of dead-letter queues"));
        Assert.Equal(0, others);
        Assert.InRange(puts, 1, 60);
    }

    private static HttpClient Admin(NightwatchApp app) =>
        new() { BaseAddress = app.Url, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", AdminToken) } };

    private static async Task<List<JsonElement>> LettersAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("api/dead-letters", Stop)).GetProperty("deadLetters").EnumerateArray()];

    private static async Task<int> ConcludedAsync(StoredState stored) => (await stored.IncidentsAsync()).Count(i => i.InvestigationState == InvestigationState.Concluded);

    private static async Task<EpisodeStage> StageAsync(StoredState stored) => (await stored.EpisodesAsync()).Single(e => e.Id == "poison").Stage;

    private static Dictionary<string, string> Labels(string service) => new() { ["alertname"] = "Down", ["service"] = service, ["namespace"] = service, ["severity"] = "critical" };

    private static AlertEpisode Episode(string id, int number)
    {
        var since = TimeProvider.System.GetUtcNow().AddMinutes(-5);
        return new AlertEpisode
        {
            Id = id,
            Tenant = Tenants.Default,
            Fingerprint = number.ToString("x16", CultureInfo.InvariantCulture),
            Name = "Down",
            Status = AlertStatus.Firing,
            Stage = EpisodeStage.Received,
            Labels = Labels(id),
            Annotations = new Dictionary<string, string>(),
            StartsAt = since,
            Source = "test",
            ReceivedAt = since,
            ChangedAt = since,
            SeenFiring = true,
        };
    }
}
