using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.LocalRuntime.ServiceBus;
using Nightwatch.LocalRuntime.Tests.Host;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.ServiceBus;

/// <summary>Whatever an output property holds arrives as the messages that the official worker would send.</summary>
public sealed class MessageShapeTests
{
    private static readonly byte[] Binary = [0xFF, 0x00, 0xFE, 0x80];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static (string Shape, string[] Messages)[] Expected =>
    [
        ("text", ["plain"]),
        ("array-text", ["[1,2]"]),
        ("object", ["""{"Name":"tea"}"""]),
        ("json-object", ["""{"a":1,"b":[2]}"""]),
        ("map", ["""{"a":1}"""]),
        ("json-array", ["""{"a":1}""", "two", "3"]),
        ("list", ["""{"Name":"tea"}""", """{"Name":"oolong"}"""]),
        ("bytes", ["FF00FE80 as bytes"]),
        ("several-bytes", ["FF00FE80 as bytes", "plain"]),
        ("nothing", []),
    ];

    [Fact]
    public async Task Send_OutputOfAnyShape_ArrivesAsItsMessages()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await TestApp.StartAsync(new TestAppOptions { Functions = [typeof(Shapes)], Settings = { ["Bus"] = azurite.ConnectionString } });
        var sender = app.Services.GetRequiredService<QueueSender>();
        foreach (var (shape, messages) in Expected)
        {
            Shapes.Seen.Clear();
            await app.Http.GetStringAsync($"api/shapes/{shape}", Stop);
            await Eventually.TrueAsync(() => Shapes.Seen.Count >= messages.Length, $"the messages of {shape} arrived");
            await sender.SendAsync(new QueueAddress(QueueAccount.Parse(azurite.ConnectionString), "shapes"), "last", Stop);
            await Eventually.TrueAsync(() => Shapes.Seen.Contains("last"), "nothing else comes");

            Assert.Equal(messages.Append("last").Order(StringComparer.Ordinal), Shapes.Seen.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Encode_JsonBody_TakesLittleMoreThanTheBody()
    {
        var body = string.Concat(Enumerable.Repeat("""{"id":"é"},""", 3_500));

        var encoded = MessageEnvelope.Create(body, TimeProvider.System).Encode();

        Assert.True(encoded.Length < Encoding.UTF8.GetByteCount(body) * 2, $"{encoded.Length} bytes");
        Assert.Equal(body, MessageEnvelope.Read(new ReceivedMessage("m", "r", 1, default, encoded)).Body);
    }

    public sealed record Shaped
    {
        [HttpResult]
        public required IActionResult Answer { get; init; }

        [ServiceBusOutput("shapes", Connection = "Bus")]
        public object? Message { get; init; }
    }

    public sealed record Tea(string Name);

    public static class Shapes
    {
        internal static ConcurrentBag<string> Seen { get; } = [];

        [Function("SendShape")]
        public static Shaped Send([HttpTrigger(AuthorizationLevel.Anonymous, Route = "shapes/{shape}")] HttpRequest request, string shape) => new()
        {
            Answer = new ContentResult { Content = "sent" },
            Message = shape switch
            {
                "text" => "plain",
                "array-text" => "[1,2]",
                "object" => new Tea("tea"),
                "json-object" => new JsonObject { ["a"] = 1, ["b"] = new JsonArray(2) },
                "map" => new Dictionary<string, int> { ["a"] = 1 }.AsReadOnly(),
                "json-array" => new JsonArray(new JsonObject { ["a"] = 1 }, "two", null, 3),
                "list" => new List<Tea> { new("tea"), new("oolong") },
                "bytes" => Binary,
                "several-bytes" => new[] { Binary, Encoding.UTF8.GetBytes("plain") },
                _ => null,
            },
        };

        [Function("ReceiveShape")]
        public static void Receive([ServiceBusTrigger("shapes", Connection = "Bus")] byte[] message) =>
            Seen.Add(message.AsSpan().SequenceEqual(Binary) ? $"{Convert.ToHexString(message)} as bytes" : Encoding.UTF8.GetString(message));
    }
}
