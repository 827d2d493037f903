using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.ServiceBus;
using Nightwatch.LocalRuntime.Tests.Host;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.ServiceBus;

public sealed class QueueOutageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Listen_QueueDeletedUnderway_IsMadeAgain()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite.ConnectionString);
        await SendAsync(app, azurite.ConnectionString, "before");
        await Eventually.TrueAsync(() => Listening.Seen.Contains(app.Id() + "before"), "the first message");

        using (var http = new HttpClient())
        using (var request = new HttpRequestMessage(HttpMethod.Delete, Address(azurite.ConnectionString).Path))
        {
            Address(azurite.ConnectionString).Account.Sign(request, TimeProvider.System);
            using var response = await http.SendAsync(request, Stop);
            Assert.True(response.IsSuccessStatusCode);
        }

        await SendAsync(app, azurite.ConnectionString, "after");

        await Eventually.TrueAsync(() => Listening.Seen.Contains(app.Id() + "after"), "the second message");
    }

    [Fact]
    public async Task Listen_ServiceAnswers500_IsAskedAgainWithOneLineInTheLog()
    {
        var asked = 0;
        await using var broken = WebApplication.CreateSlimBuilder().Build();
        broken.Urls.Add("http://127.0.0.1:0");
        broken.MapFallback(() =>
        {
            Interlocked.Increment(ref asked);
            return Results.StatusCode(500);
        });
        await broken.StartAsync(Stop);
        var connection = $"AccountName=x;AccountKey=AAAA;QueueEndpoint={broken.Urls.First()}/x";

        await using var app = await StartAsync(connection);
        await Eventually.TrueAsync(() => Volatile.Read(ref asked) >= 5, "it asks again");

        Assert.Contains("cannot be used", Assert.Single(app.Logs.At(LogLevel.Warning)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_HolderDied_AnotherHostGetsTheMessageWithAHigherCount()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await StartAsync(azurite.ConnectionString);
        await Eventually.TrueAsync(() => app.Logs.At(LogLevel.Information).Any(line => line.Text.Contains("serves", StringComparison.Ordinal)), "it started");
        await app.StopAsync();
        await SendAsync(app, azurite.ConnectionString, "held");

        // What a killed process leaves: a message that was taken and not settled.
        var client = app.Services.GetRequiredService<QueueClient>();
        Assert.Single(await client.ReceiveAsync(Address(azurite.ConnectionString), 1, TimeSpan.FromSeconds(2), Stop));
        await using var heir = await StartAsync(azurite.ConnectionString);

        await Eventually.TrueAsync(() => Listening.Counts.ContainsKey(app.Id() + "held"), "the heir got it");
        Assert.Equal(2, Listening.Counts[app.Id() + "held"]);
    }

    private static Task<TestApp> StartAsync(string connection) =>
        TestApp.StartAsync(new TestAppOptions { Functions = [typeof(Listening)], Settings = { ["Bus"] = connection } });

    private static QueueAddress Address(string connection) => new(QueueAccount.Parse(connection), "listening");

    private static Task SendAsync(TestApp app, string connection, string body) =>
        app.Services.GetRequiredService<QueueSender>().SendAsync(Address(connection), app.Id() + body, Stop);

    public static class Listening
    {
        internal static ConcurrentBag<string> Seen { get; } = [];

        internal static ConcurrentDictionary<string, int> Counts { get; } = new();

        [Function("Listening")]
        public static void Run([ServiceBusTrigger("listening", Connection = "Bus")] string message, int deliveryCount)
        {
            Seen.Add(message);
            Counts[message] = deliveryCount;
        }
    }
}
