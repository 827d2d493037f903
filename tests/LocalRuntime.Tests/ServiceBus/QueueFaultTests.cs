using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.ServiceBus;
using Nightwatch.LocalRuntime.Tests.Host;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.ServiceBus;

/// <summary>A real Azurite behind a proxy that fails: what a host does over the wire when the queue service is ill.</summary>
public sealed class QueueFaultTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Illnesses => ["500", "503", "page", "empty", "cut", "slow"];

    [Theory]
    [MemberData(nameof(Illnesses))]
    public async Task Send_WhileTheServiceIsIll_ArrivesAfterwardsWithTwoLinesInTheLog(string illness)
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var proxy = await FaultyProxy.StartAsync(azurite.QueuePort, Stop);
        await using var app = await StartAsync(proxy);
        await app.Http.GetStringAsync($"api/ill/{app.Id()}-before", Stop);
        await Eventually.TrueAsync(() => Ill.Seen.ContainsKey($"{app.Id()}-before"), "the first arrived");
        var before = app.Logs.At(LogLevel.Warning).Count;

        proxy.Fault = _ => FaultOf(illness);
        var asked = proxy.Requests;
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("taken", await app.Http.GetStringAsync($"api/ill/{app.Id()}-{i}", Stop));
        }

        await Eventually.TrueAsync(() => proxy.Requests > asked + 10, "it asks on");
        proxy.Fault = _ => ProxyFault.None;

        await Eventually.TrueAsync(() => Enumerable.Range(0, 5).All(i => Ill.Seen.ContainsKey($"{app.Id()}-{i}")), "every message arrived");
        // A slow service is no outage. An answer from before the end may be read after it, and tell of the outage a second time.
        Assert.InRange(app.Logs.At(LogLevel.Warning).Count - before, illness == "slow" ? 0 : 1, illness == "slow" ? 0 : 2);
    }

    [Fact]
    public async Task Send_AnswerIsLost_ArrivesTwiceUnderOneMessageId()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var proxy = await FaultyProxy.StartAsync(azurite.QueuePort, Stop);
        await using var app = await StartAsync(proxy);
        var body = $"{app.Id()}-twice";

        // A put before the queue is there has no effect, and its answer lost loses nothing.
        await app.Http.GetStringAsync($"api/ill/{app.Id()}-first", Stop);
        await Eventually.TrueAsync(() => Ill.Seen.ContainsKey($"{app.Id()}-first"), "the queue is there");
        var cuts = 0;
        proxy.Fault = request => request.Method == "POST" && Interlocked.Increment(ref cuts) == 1 ? ProxyFault.CutTheAnswer : ProxyFault.None;

        await app.Http.GetStringAsync($"api/ill/{body}", Stop);

        await Eventually.TrueAsync(() => Ill.Seen.TryGetValue(body, out var ids) && ids.Count == 2, "both copies arrived");
        Assert.Single(Ill.Seen[body].Distinct());
    }

    [Fact]
    public async Task Listen_AnswerOfAReceiveIsLost_GetsTheMessageWhenItsLockEnds()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var proxy = await FaultyProxy.StartAsync(azurite.QueuePort, Stop);
        await using var app = await StartAsync(proxy, ("LocalRuntime:ServiceBus:LockDuration", "00:00:02"));
        var body = $"{app.Id()}-lost";
        var client = app.Services.GetRequiredService<QueueClient>();
        await app.Http.GetStringAsync($"api/ill/{app.Id()}-first", Stop);
        await Eventually.TrueAsync(() => Ill.Seen.ContainsKey($"{app.Id()}-first"), "the queue is there");
        proxy.Fault = request => request.Method == "GET" ? ProxyFault.CutTheAnswer : ProxyFault.None;

        await app.Http.GetStringAsync($"api/ill/{body}", Stop);
        await Eventually.TrueAsync(
            async () => await CountAsync(app, azurite) == 1 && (await client.PeekAsync(new QueueAddress(QueueAccount.Parse(azurite.ConnectionString), "ill"), Stop)).Count == 0,
            "a receive that was cut took the message with it");
        proxy.Fault = _ => ProxyFault.None;

        await Eventually.TrueAsync(() => Ill.Seen.ContainsKey(body), "the message arrived");
        await Eventually.TrueAsync(async () => await CountAsync(app, azurite) == 0, "and is settled");
        Assert.True(Ill.Deliveries[body] > 1);
        Assert.Single(Ill.Seen[body]);
    }

    [Fact]
    public async Task Send_LongOutage_KeepsABoundedNumberAndCountsTheOthersInOneLine()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var proxy = await FaultyProxy.StartAsync(azurite.QueuePort, Stop);
        proxy.Fault = _ => ProxyFault.Answer(503);
        await using var app = await StartAsync(proxy, ("LocalRuntime:ServiceBus:OutputDeadline", "00:10:00"));
        await Eventually.TrueAsync(() => app.Logs.At(LogLevel.Warning).Count > 0, "the outage was noticed");

        for (var round = 0; round < 15; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => app.Http.GetStringAsync($"api/ill/{app.Id()}-{round}-{i}", Stop)));
        }

        Assert.InRange(app.Logs.At(LogLevel.Error).Count, 1, 10);
        proxy.Fault = _ => ProxyFault.None;
        await Eventually.TrueAsync(() => Ill.Seen.Keys.Count(text => text.StartsWith(app.Id(), StringComparison.Ordinal)) >= 1000, "those that were kept arrive");
        await Eventually.TrueAsync(
            () => app.Logs.At(LogLevel.Error).Sum(line => int.Parse(line.Text.Split(' ')[0], CultureInfo.InvariantCulture)) == 500, "the others are counted");
    }

    [Fact]
    public async Task Listen_NobodyListensAtTheStart_ServesHttpAndBeginsWhenTheServiceDoes()
    {
        await using var azurite = Azurite.Create();
        await using var app = await TestApp.StartAsync(new TestAppOptions { Functions = [typeof(Ill)], Settings = { ["Bus"] = azurite.ConnectionString } });

        Assert.Equal("taken", await app.Http.GetStringAsync($"api/ill/{app.Id()}-early", Stop));
        await Eventually.TrueAsync(() => app.Logs.At(LogLevel.Warning).Count > 0, "the outage was noticed");
        await azurite.RestartAsync(Stop);

        await Eventually.TrueAsync(() => Ill.Seen.ContainsKey($"{app.Id()}-early"), "the message arrived");
    }

    [Fact]
    public async Task Listen_RestartedEmpty_MakesTheQueueAgain()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await TestApp.StartAsync(new TestAppOptions { Functions = [typeof(Ill)], Settings = { ["Bus"] = azurite.ConnectionString } });
        await app.Http.GetStringAsync($"api/ill/{app.Id()}-first", Stop);
        await Eventually.TrueAsync(() => Ill.Seen.ContainsKey($"{app.Id()}-first"), "the first arrived");

        await azurite.RestartEmptyAsync(Stop);
        await app.Http.GetStringAsync($"api/ill/{app.Id()}-second", Stop);

        await Eventually.TrueAsync(() => Ill.Seen.ContainsKey($"{app.Id()}-second"), "the second arrived");
        Assert.Empty(app.Logs.At(LogLevel.Error));
    }

    private static ProxyFault FaultOf(string illness) => illness switch
    {
        "500" => ProxyFault.Answer(500),
        "503" => ProxyFault.Answer(503, "<Error><Code>ServerBusy</Code></Error>", "application/xml"),
        "page" => ProxyFault.Answer(200, "<html><body>Please sign in.</body></html>"),
        "empty" => ProxyFault.Answer(200),
        "cut" => ProxyFault.Cut,
        _ => ProxyFault.After(TimeSpan.FromMilliseconds(1500)),
    };

    private static Task<TestApp> StartAsync(FaultyProxy proxy, params (string Key, string Value)[] settings) => TestApp.StartAsync(new TestAppOptions
    {
        Functions = [typeof(Ill)],
        Settings = settings.Append(("Bus", Azurite.ConnectionStringAt(proxy.Port))).ToDictionary(pair => pair.Item1, pair => (string?)pair.Item2),
    });

    private static Task<int> CountAsync(TestApp app, Azurite azurite) =>
        app.Services.GetRequiredService<QueueClient>().CountAsync(new QueueAddress(QueueAccount.Parse(azurite.ConnectionString), "ill"), Stop);

    public sealed record IllResult
    {
        [HttpResult]
        public required IActionResult Answer { get; init; }

        [ServiceBusOutput("ill", Connection = "Bus")]
        public required string Message { get; init; }
    }

    public static class Ill
    {
        /// <summary>Message ids by body.</summary>
        internal static ConcurrentDictionary<string, ConcurrentBag<string>> Seen { get; } = new();

        internal static ConcurrentDictionary<string, int> Deliveries { get; } = new();

        [Function("SendIll")]
        public static IllResult Send([HttpTrigger(AuthorizationLevel.Anonymous, Route = "ill/{id}")] HttpRequest request, string id) =>
            new() { Answer = new ContentResult { Content = "taken" }, Message = id };

        [Function("ReceiveIll")]
        public static void Receive([ServiceBusTrigger("ill", Connection = "Bus")] string message, string messageId, int deliveryCount)
        {
            Deliveries[message] = deliveryCount;
            Seen.GetOrAdd(message, _ => []).Add(messageId);
        }
    }
}
