using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.ServiceBus;
using Nightwatch.LocalRuntime.Tests.Host;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.ServiceBus;

public sealed class QueueFunctionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_ThroughAnHttpFunction_RunsTheQueueFunctionOnce()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite, typeof(Relay));

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => app.Http.GetStringAsync($"api/send/{app.Id()}-{i}", Stop)));

        await Eventually.TrueAsync(() => Relay.Of(app).Count >= 120, "every message arrived");
        Assert.All(answers, answer => Assert.Equal("sent", answer));
        Assert.Equal(120, Relay.Of(app).Distinct().Count());
        await Eventually.TrueAsync(async () => await CountAsync(app, azurite, "relay") == 0, "the queue is empty");
        Assert.Equal(120, Relay.Of(app).Count);
    }

    [Fact]
    public async Task Receive_Metadata_IsInTheBindingDataAndBindsByName()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite, typeof(Metadata));
        Metadata.Seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        await SendAsync(app, azurite, "metadata", """{"name":"tea","count":3}""");
        var seen = await Metadata.Seen.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);

        Assert.Equal("tea", seen.Order.Name);
        Assert.Equal(1, seen.DeliveryCount);
        Assert.Equal(seen.MessageId, seen.Data["MessageId"]);
        Assert.Equal("1", seen.Data["deliverycount"]);
        Assert.Equal(seen.EnqueuedTimeUtc, JsonSerializer.Deserialize<DateTime>((string)seen.Data["EnqueuedTimeUtc"]!));
        Assert.True(DateTime.UtcNow - seen.EnqueuedTimeUtc < TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Receive_FunctionKeepsFailing_MovesToTheDeadLetterQueueAfterTheMaximum()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite, typeof(Failing), ("LocalRuntime:ServiceBus:MaxDeliveryCount", "3"));
        var body = Guid.NewGuid().ToString();

        await SendAsync(app, azurite, "failing", body);
        var dead = await WaitForDeadLetterAsync(app, azurite, "failing");

        Assert.Equal(3, Failing.Runs[body]);
        Assert.Equal(body, dead.Body);
        Assert.Equal("MaxDeliveryCountExceeded", dead.DeadLetter!.Reason);
        Assert.Contains("no good", dead.DeadLetter.Error, StringComparison.Ordinal);
        Assert.Equal(3, dead.DeadLetter.Deliveries);
        await Eventually.TrueAsync(async () => await CountAsync(app, azurite, "failing") == 0, "the queue is empty");
    }

    [Fact]
    public async Task Receive_JsonDoesNotBind_GoesToTheDeadLetterQueueNamingTheParameter()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite, typeof(Metadata), ("LocalRuntime:ServiceBus:MaxDeliveryCount", "2"));

        await SendAsync(app, azurite, "metadata", """{"name":"tea","count":"many"}""");
        var dead = await WaitForDeadLetterAsync(app, azurite, "metadata");

        Assert.Contains("'order'", dead.DeadLetter!.Error, StringComparison.Ordinal);
        Assert.Equal(2, app.Logs.At(LogLevel.Error).Count);
    }

    [Fact]
    public async Task Receive_ForeignMessage_IsHandedOverAsItIs()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite, typeof(Relay));
        var text = $"{app.Id()}-from another program";

        await app.Services.GetRequiredService<QueueSender>().PutAsync(Address(azurite, "relay"), Convert.ToBase64String(Encoding.UTF8.GetBytes(text)), Stop);

        await Eventually.TrueAsync(() => Relay.Of(app).Contains(text), "the foreign message arrived");
    }

    [Fact]
    public async Task Receive_Batched_HandsOverAnArray()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        Batches.Seen.Clear();
        await using (var sender = await StartAsync(azurite, typeof(Failing)))
        {
            for (var i = 0; i < 40; i++)
            {
                await SendAsync(sender, azurite, "batches", i.ToString(CultureInfo.InvariantCulture));
            }
        }

        await using var app = await StartAsync(azurite, typeof(Batches));

        await Eventually.TrueAsync(() => Batches.Seen.Sum(batch => batch.Length) >= 40, "all came");
        Assert.Contains(Batches.Seen, batch => batch.Length > 1);
        Assert.Equal(40, Batches.Seen.SelectMany(batch => batch).Distinct().Count());
    }

    [Fact]
    public async Task Receive_FunctionOutlastsTheLock_IsNotDeliveredAgain()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite, typeof(Slow), ("LocalRuntime:ServiceBus:LockDuration", "00:00:06"));
        Slow.Runs = 0;
        Slow.Release = new(TaskCreationOptions.RunContinuationsAsynchronously);

        await SendAsync(app, azurite, "slow", "x");
        await Eventually.TrueAsync(() => Slow.Runs > 0, "it started");
        // The lock ends by Azurite's own clock. Half of it is left when it is renewed, which no machine is too slow for.
        await Task.Delay(TimeSpan.FromSeconds(8), Stop);
        Slow.Release.SetResult();

        await Eventually.TrueAsync(async () => await CountAsync(app, azurite, "slow") == 0, "it was completed");
        Assert.Equal(1, Slow.Runs);
    }

    [Fact]
    public async Task Send_ServiceAwayForAWhile_ArrivesWhenItIsBack()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite, typeof(Relay));
        await app.Http.GetStringAsync($"api/send/{app.Id()}-before", Stop);
        await Eventually.TrueAsync(() => Relay.Of(app).Count == 2, "the first arrived");

        await azurite.KillAsync();
        Assert.Equal("sent", await app.Http.GetStringAsync($"api/send/{app.Id()}-during", Stop));
        await Eventually.TrueAsync(() => app.Logs.At(LogLevel.Warning).Count > 0, "the outage was noticed");
        await azurite.RestartAsync(Stop);

        await Eventually.TrueAsync(() => Relay.Of(app).Count(text => text.Contains("during", StringComparison.Ordinal)) == 2, "the second arrived");
        Assert.Single(app.Logs.At(LogLevel.Warning), line => line.Text.Contains("cannot be used", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_MessageTooLarge_IsAnErrorThatNamesTheQueue()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite, typeof(Failing));

        var error = await Assert.ThrowsAsync<MessageTooLargeException>(() => SendAsync(app, azurite, "relay", new string('x', 60_000)));

        Assert.Contains("'relay'", error.Message, StringComparison.Ordinal);
    }

    private static async Task<TestApp> StartAsync(Azurite azurite, Type functions, params (string Key, string Value)[] settings)
    {
        var app = await TestApp.StartAsync(new TestAppOptions
        {
            Functions = [functions],
            Settings = settings.Append(("Bus", azurite.ConnectionString)).ToDictionary(pair => pair.Item1, pair => (string?)pair.Item2),
        });
        return app;
    }

    private static QueueAddress Address(Azurite azurite, string queue) => new(QueueAccount.Parse(azurite.ConnectionString), queue);

    private static Task SendAsync(TestApp app, Azurite azurite, string queue, string body) =>
        app.Services.GetRequiredService<QueueSender>().SendAsync(Address(azurite, queue), body, Stop);

    private static Task<int> CountAsync(TestApp app, Azurite azurite, string queue) =>
        app.Services.GetRequiredService<QueueClient>().CountAsync(Address(azurite, queue), Stop);

    private static async Task<MessageEnvelope> WaitForDeadLetterAsync(TestApp app, Azurite azurite, string queue)
    {
        var client = app.Services.GetRequiredService<QueueClient>();
        IReadOnlyList<ReceivedMessage> found = [];
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    found = await client.PeekAsync(Address(azurite, queue).DeadLetter, Stop);
                }
                catch (QueueException error) when (error.Code == "QueueNotFound")
                {
                    // Made with its first message.
                }

                return found.Count > 0;
            },
            "a dead letter");
        return MessageEnvelope.Read(Assert.Single(found));
    }

    public sealed record RelayResult
    {
        [HttpResult]
        public required IActionResult Answer { get; init; }

        [ServiceBusOutput("relay", Connection = "Bus")]
        public string[]? Messages { get; init; }

        [ServiceBusOutput("relay", Connection = "Bus")]
        public string? Nothing { get; init; }
    }

    public static class Relay
    {
        private static readonly ConcurrentBag<string> Received = [];

        internal static IReadOnlyList<string> Of(TestApp app) => [.. Received.Where(text => text.StartsWith(app.Id(), StringComparison.Ordinal))];

        [Function("Send")]
        public static RelayResult Send([HttpTrigger(AuthorizationLevel.Anonymous, Route = "send/{id}")] HttpRequest request, string id) =>
            new() { Answer = new ContentResult { Content = "sent" }, Messages = [id + "/a", id + "/b-" + id.Split('-')[^1]] };

        [Function("Receive")]
        public static void Receive([ServiceBusTrigger("relay", Connection = "Bus")] string message) => Received.Add(message);
    }

    public static class Metadata
    {
        internal static TaskCompletionSource<Sighting> Seen { get; set; } = new();

        [Function("Metadata")]
        public static void Run(
            [ServiceBusTrigger("metadata", Connection = "Bus")] Order order,
            FunctionContext context,
            string messageId,
            int deliveryCount,
            DateTime enqueuedTimeUtc) =>
            Seen.TrySetResult(new Sighting(order, context.BindingContext.BindingData, messageId, deliveryCount, enqueuedTimeUtc));
    }

    public static class Failing
    {
        internal static ConcurrentDictionary<string, int> Runs { get; } = new();

        [Function("Failing")]
        public static Task Run([ServiceBusTrigger("failing", Connection = "Bus")] string message)
        {
            Runs.AddOrUpdate(message, 1, (_, runs) => runs + 1);
            throw new InvalidOperationException("no good");
        }
    }

    public static class Batches
    {
        internal static ConcurrentBag<string[]> Seen { get; } = [];

        [Function("Batches")]
        public static void Run([ServiceBusTrigger("batches", Connection = "Bus", IsBatched = true)] string[] messages) => Seen.Add(messages);
    }

    public static class Slow
    {
        private static int runs;

        internal static int Runs
        {
            get => Volatile.Read(ref runs);
            set => runs = value;
        }

        internal static TaskCompletionSource Release { get; set; } = new();

        [Function("Slow")]
        public static async Task Run([ServiceBusTrigger("slow", Connection = "Bus")] string message)
        {
            Interlocked.Increment(ref runs);
            await Release.Task;
        }
    }

    public sealed record Order(string Name, int Count);

    internal sealed record Sighting(Order Order, IReadOnlyDictionary<string, object?> Data, string MessageId, int DeliveryCount, DateTime EnqueuedTimeUtc);
}
