using System.Collections.Concurrent;
using System.Net;
using Microsoft.DurableTask.Client;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.MainRoad;

/// <summary>Two processes on one store, killed with SIGKILL (as is Azurite) while alerts arrive: nothing acknowledged is lost, nothing is done twice.</summary>
public sealed class KillTests
{
    private const int Senders = 4;
    private const int WebhooksPerKill = 50;
    private const int Services = 25;

    private static readonly int Kills = Environment.GetEnvironmentVariable("NIGHTWATCH_ALL") == "1" ? 60 : 10;

    private readonly ConcurrentBag<string> acknowledged = [];
    private readonly DateTimeOffset start = TimeProvider.System.GetUtcNow();
    private int nextWebhook;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Webhooks_WhileProcessesAndAzuriteAreKilled_AreEachStoredOnceAndInvestigatedOnce()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        await using var azurite = await Azurite.StartAsync(Stop);
        using var state = new ScratchDirectory();
        await using var first = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, null, Stop);
        await using var second = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, null, Stop);
        using var allowed = new SemaphoreSlim(0);
        var webhooks = Kills * WebhooksPerKill;

        var senders = Enumerable.Range(0, Senders).Select(_ => Task.Run(() => SendAsync([first, second], allowed, webhooks), Stop)).ToList();
        await KillAsync(new Random(seed), azurite, [first, second], allowed);
        await Task.WhenAll(senders);

        await using var stored = new StoredState(state.Path);
        await Eventually.TrueAsync(() => IsDoneAsync(stored), "every incident concluded", TimeSpan.FromMinutes(5));
        await Eventually.TrueAsync(async () => (await stored.OrchestrationsAsync()).TrueForAll(o => o.IsCompleted), "no orchestration is stuck", TimeSpan.FromMinutes(1));
        await AssertOnceAsync(stored, webhooks, $"seed {seed}");
    }

    private async Task SendAsync(NightwatchApp[] apps, SemaphoreSlim allowed, int webhooks)
    {
        while (true)
        {
            await allowed.WaitAsync(Stop);
            var number = Interlocked.Increment(ref nextWebhook) - 1;
            if (number >= webhooks)
            {
                return;
            }

            var service = $"service-{number % Services}";
            // One alert of its own, and one that every webhook of the service repeats.
            object[] alerts = [Webhooks.Firing("HighErrorRate", service, start, $"pod-{number}"), Webhooks.Firing("ServiceDown", service, start)];
            for (var attempt = 0; !await TryPostAsync(apps[(number + attempt) % apps.Length], service, alerts); attempt++)
            {
                await Task.Delay(50, Stop);
            }
        }
    }

    /// <summary>As Alertmanager does: whatever is not an answer below 500 is sent again.</summary>
    private async Task<bool> TryPostAsync(NightwatchApp app, string service, object[] alerts)
    {
        try
        {
            using var body = Webhooks.Alertmanager(service, alerts);
            using var answer = await app.Http.PostAsync("api/alerts/alertmanager", body, Stop);
            if ((int)answer.StatusCode >= 500)
            {
                return false;
            }

            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            using var json = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop));
            foreach (var alert in json.RootElement.GetProperty("accepted").EnumerateArray())
            {
                acknowledged.Add(alert.GetProperty("episodeId").GetString()!);
            }

            return true;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or TaskCanceledException && !Stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task KillAsync(Random random, Azurite azurite, NightwatchApp[] apps, SemaphoreSlim allowed)
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            allowed.Release(WebhooksPerKill);
            await Task.Delay(random.Next(0, 400), Stop);
            var target = kill < 3 ? kill : random.Next(3);
            if (target == 2)
            {
                await azurite.KillAsync();
                await Task.Delay(random.Next(0, 300), Stop);
                await azurite.RestartAsync(Stop);
            }
            else
            {
                await apps[target].KillAsync();
                await apps[target].RestartAsync(Stop);
            }
        }

        // One more for each sender, which finds that no webhook is left.
        allowed.Release(Senders);
    }

    private static async Task<bool> IsDoneAsync(StoredState stored) =>
        (await stored.EpisodesAsync()).TrueForAll(e => e.Stage == EpisodeStage.Correlated)
        && (await stored.IncidentsAsync()) is { Count: > 0 } incidents && incidents.TrueForAll(i => i.InvestigationState == InvestigationState.Concluded);

    private async Task AssertOnceAsync(StoredState stored, int webhooks, string seed)
    {
        var episodes = await stored.EpisodesAsync();
        var incidents = await stored.IncidentsAsync();
        var investigations = await stored.InvestigationsAsync();
        var evidence = await stored.EvidenceAsync();

        Assert.True(acknowledged.ToHashSet().IsSubsetOf(episodes.Select(e => e.Id).ToHashSet()), $"an acknowledged alert is not stored ({seed})");
        Assert.Equal(webhooks + Services, episodes.Count);
        Assert.All(episodes, e => Assert.Contains(incidents, i => i.Id == e.IncidentId));
        Assert.All(incidents, i => Assert.Equal(episodes.Count(e => e.IncidentId == i.Id), i.Episodes));
        Assert.Equal(incidents.Select(i => i.Id).Order(), investigations.Select(i => i.IncidentId).Order());
        Assert.All(investigations, i => Assert.Equal(InvestigationStatus.Concluded, i.Status));
        var orchestrations = await stored.OrchestrationsAsync();
        Assert.Equal(investigations.Select(i => i.Id).Order(), orchestrations.Select(o => o.InstanceId).Order());
        Assert.All(orchestrations, o => Assert.Equal(OrchestrationRuntimeStatus.Completed, o.RuntimeStatus));
        Assert.Equal(evidence.Count, evidence.Select(e => e.Id).Distinct().Count());
        // All alerts of a service say that they belong together, whoever of the two processes saw which.
        Assert.All(episodes.GroupBy(e => e.Labels["service"]), service => Assert.Single(service.Select(e => e.IncidentId).Distinct()));
    }
}
