using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Functions.Tests.MainRoad;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Outages;

/// <summary>
/// Two processes of the product on one store, and a queue service that is ill in every way: an answer of 202 means stored, and once the queue is well again
/// every stored alert has one investigation. The processes reach Azurite through a proxy that fails as told.
/// </summary>
public sealed class QueueOutageRoadTests
{
    private const string Illnesses = "absent,killed,empty,slow,500,503,page,cut,answers-cut,flapping";

    private static readonly bool All = Environment.GetEnvironmentVariable("NIGHTWATCH_ALL") == "1";
    private static readonly int Alerts = All ? 40 : 3;

    private readonly DateTimeOffset start = TimeProvider.System.GetUtcNow().AddMinutes(-1);
    private readonly HashSet<string> services = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>All after each other; with NIGHTWATCH_ALL each alone too, and with more alerts.</summary>
    public static TheoryData<string> Courses => All ? [Illnesses, .. Illnesses.Split(',')] : [Illnesses];

    [Theory]
    [MemberData(nameof(Courses))]
    public async Task Alerts_WhileTheQueueIsIll_AreStoredAndEachInvestigatedOnceAfterwards(string course)
    {
        var illnesses = course.Split(',');
        await using var azurite = Azurite.Create();
        await using var proxy = await FaultyProxy.StartAsync(azurite.QueuePort, Stop);
        if (illnesses[0] != "absent")
        {
            await azurite.RestartAsync(Stop);
        }

        using var state = new ScratchDirectory();
        await using var first = await StartAsync(state, proxy);
        await using var second = await StartAsync(state, proxy);
        var lines = new LineCount(first, second);

        foreach (var illness in illnesses)
        {
            await FallIllAsync(illness, azurite, proxy);
            var asked = proxy.Requests;
            await PostAsync([first, second], $"during-{illness}");
            await Eventually.TrueAsync(() => proxy.Requests > asked + 10, "the illness was met");
            await RecoverAsync(illness, azurite, proxy);
            await PostAsync([first, second], $"after-{illness}");
        }

        await using var stored = new StoredState(state.Path);
        await Eventually.TrueAsync(() => IsDoneAsync(stored), $"every incident concluded\n{first.Output}\n{second.Output}", TimeSpan.FromMinutes(5));
        await AssertOnceAsync(stored);
        Assert.True(lines.Count < 30 * illnesses.Length, $"{lines.Count} lines of warnings and errors:\n{first.Output}\n{second.Output}");
        var health = await first.Http.GetFromJsonAsync<JsonElement>("api/health", Stop);
        Assert.Equal("ok", health.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Health_AlertsWaitForTheQueue_SaysSoUntilTheyAreTaken()
    {
        await using var azurite = Azurite.Create();
        using var state = new ScratchDirectory();
        await using var app = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, null, Stop);
        await using (var stored = new StoredState(state.Path))
        {
            await stored.AddAsync(Waiting("e1", TimeProvider.System.GetUtcNow().AddMinutes(-5)));
        }

        var ill = await app.Http.GetFromJsonAsync<JsonElement>("api/health", Stop);
        await azurite.RestartAsync(Stop);

        Assert.Equal("attention", ill.GetProperty("status").GetString());
        Assert.Contains(ill.GetProperty("checks").EnumerateArray(), c => c.GetProperty("name").GetString() == "alerts" && c.GetProperty("count").GetInt32() == 1);
        await Eventually.TrueAsync(
            async () => (await app.Http.GetFromJsonAsync<JsonElement>("api/health", Stop)).GetProperty("status").GetString() == "ok", "it is well again");
    }

    [Fact]
    public async Task Outage_ThatLasts_CostsNoMemoryAndNoLog()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var proxy = await FaultyProxy.StartAsync(azurite.QueuePort, Stop);
        proxy.Fault = _ => ProxyFault.Answer(503);
        using var state = new ScratchDirectory();
        await using var app = await StartAsync(state, proxy);
        var lines = new LineCount(app);
        var webhooks = All ? 20_000 : 1_500;
        var repeated = Webhooks.Firing("Down", "one-service", start);

        await Parallel.ForAsync(0, webhooks, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Stop }, async (i, stop) =>
        {
            // Each changes something, so that each has a message.
            using var body = Webhooks.Alertmanager("one-service", [repeated, Webhooks.Firing("Up", "one-service", start, $"pod-{i}")]);
            using var answer = await app.Http.PostAsync("api/alerts/alertmanager", body, stop);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        });

        var memory = Memory(app);
        TestContext.Current.TestOutputHelper?.WriteLine($"{webhooks} webhooks in an outage: {memory} MB, {lines.Count} lines");
        Assert.True(lines.Count < 60, $"{lines.Count} lines:\n{app.Output}");
        Assert.True(memory < 600, $"{memory} MB");
    }

    private static AlertEpisode Waiting(string id, DateTimeOffset since) => new()
    {
        Id = id,
        Tenant = Tenants.Default,
        Fingerprint = "00000000000000aa",
        Name = "Down",
        Status = AlertStatus.Firing,
        Stage = EpisodeStage.Received,
        Labels = new Dictionary<string, string> { ["service"] = "waiting" },
        Annotations = new Dictionary<string, string>(),
        StartsAt = since,
        Source = "test",
        ReceivedAt = since,
        ChangedAt = since,
        SeenFiring = true,
    };

    private static long Memory(NightwatchApp app) =>
        long.Parse(File.ReadAllText($"/proc/{app.ProcessId}/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize / 1024 / 1024;

    private static Task<NightwatchApp> StartAsync(ScratchDirectory state, FaultyProxy proxy) =>
        NightwatchApp.StartAsync(
            state.Path,
            Azurite.ConnectionStringAt(proxy.Port),
            // A lost answer hides a message for as long as its lock.
            new Dictionary<string, string?> { ["LocalRuntime__ServiceBus__LockDuration"] = "00:00:10", ["NIGHTWATCH_LIMITS_INTAKE_ALERTS_PER_SECOND"] = "0" },
            Stop);

    private static async Task FallIllAsync(string illness, Azurite azurite, FaultyProxy proxy)
    {
        if (illness is "killed" or "empty")
        {
            await azurite.KillAsync();
            return;
        }

        var asked = 0;
        proxy.Fault = illness switch
        {
            "slow" => _ => ProxyFault.After(TimeSpan.FromSeconds(2)),
            "500" => _ => ProxyFault.Answer(500),
            "503" => _ => ProxyFault.Answer(503, "<Error><Code>ServerBusy</Code></Error>", "application/xml"),
            "page" => _ => ProxyFault.Answer(200, "<html><body>Please sign in.</body></html>"),
            "cut" => _ => ProxyFault.Cut,
            "answers-cut" => request => HttpMethods.IsPost(request.Method) ? ProxyFault.CutTheAnswer : ProxyFault.None,
            "flapping" => _ => (Interlocked.Increment(ref asked) % 4) switch
            {
                0 => ProxyFault.None,
                1 => ProxyFault.Answer(500),
                2 => ProxyFault.CutTheAnswer,
                _ => ProxyFault.Cut,
            },
            _ => proxy.Fault,
        };
    }

    private static async Task RecoverAsync(string illness, Azurite azurite, FaultyProxy proxy)
    {
        proxy.Fault = _ => ProxyFault.None;
        if (illness == "empty")
        {
            await azurite.RestartEmptyAsync(Stop);
        }
        else if (illness is "killed" or "absent")
        {
            await azurite.RestartAsync(Stop);
        }
    }

    /// <summary>Each alert of a service of its own, sent twice, once to each process; each must be taken at once, whatever the queue does.</summary>
    private async Task PostAsync(NightwatchApp[] apps, string when)
    {
        for (var i = 0; i < Alerts; i++)
        {
            var service = $"{when}-{i}";
            services.Add(service);
            foreach (var app in apps)
            {
                using var body = Webhooks.Alertmanager(service, [Webhooks.Firing("Down", service, start)]);
                using var answer = await app.Http.PostAsync("api/alerts/alertmanager", body, Stop);
                Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            }
        }
    }

    private async Task<bool> IsDoneAsync(StoredState stored) =>
        (await stored.IncidentsAsync()) is { } incidents && incidents.Count == services.Count && incidents.TrueForAll(i => i.InvestigationState == InvestigationState.Concluded)
        && (await stored.EpisodesAsync()).TrueForAll(e => e.Stage == EpisodeStage.Correlated)
        && (await stored.OrchestrationsAsync()).TrueForAll(o => o.IsCompleted);

    private async Task AssertOnceAsync(StoredState stored)
    {
        var episodes = await stored.EpisodesAsync();
        var incidents = await stored.IncidentsAsync();
        var investigations = await stored.InvestigationsAsync();
        var orchestrations = await stored.OrchestrationsAsync();

        Assert.Equal(services.Order(), episodes.Select(e => e.Labels["service"]).Order());
        Assert.Equal(services.Count, incidents.Count);
        Assert.All(incidents, i => Assert.Equal(1, i.Episodes));
        Assert.Equal(incidents.Select(i => i.Id).Order(), investigations.Select(i => i.IncidentId).Order());
        Assert.Equal(investigations.Select(i => i.Id).Order(), orchestrations.Select(o => o.InstanceId).Order());
        Assert.All(orchestrations, o => Assert.Equal(OrchestrationRuntimeStatus.Completed, o.RuntimeStatus));
        var evidence = await stored.EvidenceAsync();
        Assert.Equal(evidence.Count, evidence.Select(e => e.Id).Distinct().Count());
    }

    /// <summary>Warnings and errors that processes print.</summary>
    private sealed class LineCount
    {
        private int count;

        public LineCount(params NightwatchApp[] apps)
        {
            foreach (var app in apps)
            {
                app.Printed += line => Interlocked.Add(ref count, line.Contains(" warn: ", StringComparison.Ordinal) || line.Contains(" fail: ", StringComparison.Ordinal) ? 1 : 0);
            }
        }

        public int Count => Volatile.Read(ref count);
    }
}
