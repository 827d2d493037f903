using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.Host.Functions;
using Nightwatch.LocalRuntime.ServiceBus;
using Nightwatch.LocalRuntime.Tests.Host;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.ServiceBus;

/// <summary>A trigger on {queue}/$DeadLetterQueue, over a real Azurite.</summary>
public sealed class DeadLetterFunctionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Receive_ADeadLetter_CarriesWhyAsServiceBusWritesIt()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite, typeof(Poisoned));
        var body = $"{app.Id()}-why";

        await SendAsync(app, azurite, body);
        var seen = await SeenAsync(body);

        using var why = JsonDocument.Parse((string)seen.Data["ApplicationProperties"]!);
        Assert.Equal("MaxDeliveryCountExceeded", why.RootElement.GetProperty("DeadLetterReason").GetString());
        Assert.Contains("no good", why.RootElement.GetProperty("DeadLetterErrorDescription").GetString(), StringComparison.Ordinal);
        Assert.Equal(Poisoned.MessageIds[body], seen.Data["MessageId"]);
        // Two deliveries there and the first one here.
        Assert.Equal("3", seen.Data["DeliveryCount"]);
        await EmptyAsync(app, azurite);
    }

    [Fact]
    public async Task Receive_FunctionFailsOnADeadLetter_KeepsItAndTriesAgainLaterEachTime()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite, typeof(Poisoned));
        // More often than a message of another queue may fail.
        var body = $"{app.Id()}-fails-3";

        await SendAsync(app, azurite, body);
        await SeenAsync(body);

        Assert.Equal(4, Poisoned.Tries[body]);
        Assert.Equal(
            ["00:00:01", "00:00:02", "00:00:04"],
            app.Logs.At(LogLevel.Error).Select(line => line.Text).Where(text => text.Contains("on the dead letter", StringComparison.Ordinal)).Select(text => text[^9..^1]));
        await EmptyAsync(app, azurite);
        var beyond = await Assert.ThrowsAsync<QueueException>(() => app.Services.GetRequiredService<QueueClient>().CountAsync(Address(azurite).DeadLetter.DeadLetter, Stop));
        Assert.Equal("QueueNotFound", beyond.Code);
    }

    [Fact]
    public async Task Receive_APoisonMessage_HoldsUpNoOther()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite, typeof(Poisoned));

        for (var i = 0; i < 30; i++)
        {
            await SendAsync(app, azurite, $"{app.Id()}-{(i % 3 == 0 ? "bad" : "good")}-{i}");
        }

        await Eventually.TrueAsync(() => Poisoned.Good.Count(text => text.StartsWith(app.Id(), StringComparison.Ordinal)) == 20, "every good message is done");
        await Eventually.TrueAsync(() => Poisoned.Dead.Keys.Count(text => text.StartsWith(app.Id(), StringComparison.Ordinal)) == 10, "every bad one is a dead letter");
    }

    [Fact]
    public async Task Receive_AMessageWithoutRoomForTheReason_IsADeadLetterAllTheSame()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite, typeof(Poisoned));
        // From another program, and as large as a queue takes.
        var body = $"{app.Id()}-bad-".PadRight(48 * 1024, 'x');

        await app.Services.GetRequiredService<QueueSender>().PutAsync(Address(azurite), Convert.ToBase64String(Encoding.UTF8.GetBytes(body)), Stop);
        var seen = await SeenAsync(body);

        Assert.Equal("{}", seen.Data["ApplicationProperties"]);
    }

    [Fact]
    public async Task Receive_BodyThatIsNoText_ArrivesByteForByte()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite, typeof(Poisoned));
        byte[] body = [.. Encoding.UTF8.GetBytes(app.Id()), 0xff, 0xfe, 0x00];

        await app.Services.GetRequiredService<QueueSender>().SendAsync(Address(azurite), MessageEnvelope.Create(body, TimeProvider.System), Stop);
        var seen = await SeenAsync(Encoding.UTF8.GetString(body));

        Assert.Equal(body, seen.Body);
    }

    [Theory]
    [InlineData("poisoned/$DeadLetterQueue")]
    [InlineData("poisoned/$deadletterqueue")]
    public void Find_ThePathOfADeadLetterQueue_IsItsQueueHere(string path)
    {
        var directory = new QueueDirectory(new ConfigurationBuilder().AddInMemoryCollection([new("Bus", "UseDevelopmentStorage=true")]).Build());

        var address = directory.Find("f", path, "Bus");

        Assert.Equal("poisoned-deadletter", address.Name);
        Assert.True(address.IsDeadLetter);
    }

    [Fact]
    public void Build_OutputToADeadLetterQueue_IsRefusedByName()
    {
        var error = Assert.Throws<FunctionRefusedException>(() => TestApp.BuildOnly(new TestAppOptions { Functions = [typeof(Sending)], Settings = { ["Bus"] = "UseDevelopmentStorage=true" } }));

        Assert.Contains("only the broker", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EncodeWith_ALongError_IsCutUntilTheMessageFits()
    {
        var envelope = MessageEnvelope.Create(new string('x', 48_500), TimeProvider.System);

        var encoded = envelope.EncodeWith(new DeadLetterNote("q", "MaxDeliveryCountExceeded", new string('e', 1000), 10));

        Assert.NotNull(encoded);
        Assert.True(encoded.Length <= QueueClient.MaxEncodedMessage);
        var read = MessageEnvelope.Read(new ReceivedMessage("id", "", 1, default, encoded));
        Assert.Equal("MaxDeliveryCountExceeded", read.ApplicationProperties["DeadLetterReason"]);
        Assert.NotEmpty(read.ApplicationProperties["DeadLetterErrorDescription"]);
    }

    private static Task<TestApp> StartAsync(Azurite azurite, Type functions) => TestApp.StartAsync(new TestAppOptions
    {
        Functions = [functions],
        Settings = { ["Bus"] = azurite.ConnectionString, ["LocalRuntime:ServiceBus:MaxDeliveryCount"] = "2" },
    });

    private static QueueAddress Address(Azurite azurite) => new(QueueAccount.Parse(azurite.ConnectionString), "poisoned");

    private static Task SendAsync(TestApp app, Azurite azurite, string body) => app.Services.GetRequiredService<QueueSender>().SendAsync(Address(azurite), body, Stop);

    private static async Task<Sighting> SeenAsync(string body)
    {
        await Eventually.TrueAsync(() => Poisoned.Dead.ContainsKey(body), "the dead letter arrived");
        return Poisoned.Dead[body];
    }

    private static async Task EmptyAsync(TestApp app, Azurite azurite)
    {
        var client = app.Services.GetRequiredService<QueueClient>();
        await Eventually.TrueAsync(
            async () => await client.CountAsync(Address(azurite), Stop) + await client.CountAsync(Address(azurite).DeadLetter, Stop) == 0, "both queues are empty");
    }

    public static class Poisoned
    {
        internal static ConcurrentBag<string> Good { get; } = [];

        internal static ConcurrentDictionary<string, string> MessageIds { get; } = new();

        internal static ConcurrentDictionary<string, int> Tries { get; } = new();

        internal static ConcurrentDictionary<string, Sighting> Dead { get; } = new();

        [Function("Poisoned")]
        public static void Run([ServiceBusTrigger("poisoned", Connection = "Bus")] string message, string messageId)
        {
            MessageIds[message] = messageId;
            if (message.Contains("-good-", StringComparison.Ordinal))
            {
                Good.Add(message);
                return;
            }

            throw new InvalidOperationException("no good");
        }

        [Function("Buried")]
        public static void Bury([ServiceBusTrigger("poisoned/$DeadLetterQueue", Connection = "Bus")] byte[] message, FunctionContext context)
        {
            var text = Encoding.UTF8.GetString(message);
            var tries = Tries.AddOrUpdate(text, 1, (_, before) => before + 1);
            if (text.Contains("-fails-", StringComparison.Ordinal) && tries <= int.Parse(text[^1..], CultureInfo.InvariantCulture))
            {
                throw new InvalidOperationException("not yet");
            }

            Dead[text] = new Sighting(message, context.BindingContext.BindingData);
        }
    }

    public static class Sending
    {
        [Function("Sending")]
        [ServiceBusOutput("poisoned/$DeadLetterQueue", Connection = "Bus")]
        public static string Run([ServiceBusTrigger("poisoned", Connection = "Bus")] string message) => message;
    }

    internal sealed record Sighting(byte[] Body, IReadOnlyDictionary<string, object?> Data);
}
