using Nightwatch.Functions.DeadLetters;

namespace Nightwatch.Functions.Tests.DeadLetters;

/// <summary>Metadata as the official worker and LocalRuntime hand them over: text as it is, all else as JSON.</summary>
public sealed class DeadLetterBindingTests
{
    [Fact]
    public void Read_WhatTheTriggerGives_IsUnderstood()
    {
        var received = DeadLetterBinding.Read("alerts", [1], new Dictionary<string, object?>
        {
            ["MessageId"] = "m",
            ["DeliveryCount"] = "11",
            ["EnqueuedTimeUtc"] = "\"2026-11-21T03:00:00.1234567Z\"",
            ["ApplicationProperties"] = """{"DeadLetterReason":"MaxDeliveryCountExceeded","DeadLetterErrorDescription":"Message could not be consumed after 10 delivery attempts.","other":7}""",
        });

        Assert.Equal(("m", 11, "MaxDeliveryCountExceeded"), (received.MessageId, received.DeliveryCount, received.Reason));
        Assert.StartsWith("Message could not", received.Description, StringComparison.Ordinal);
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 3, 0, 0, TimeSpan.Zero).AddTicks(1234567), received.EnqueuedAt);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"DeadLetterReason":7}""")]
    [InlineData("""{"DeadLetterReason":"\ud800"}""")]
    [InlineData(null)]
    public void Read_MetadataThatAreNone_AreLeftOut(string? properties)
    {
        var received = DeadLetterBinding.Read("alerts", [], new Dictionary<string, object?> { ["ApplicationProperties"] = properties, ["DeliveryCount"] = "many", ["EnqueuedTimeUtc"] = "yesterday" });

        Assert.Null(received.Reason);
        Assert.Null(received.EnqueuedAt);
        Assert.Equal((1, ""), (received.DeliveryCount, received.MessageId));
    }

    [Theory]
    [InlineData("""{"tenant":"one","episodeIds":["a","",null,7,"b"]}""", "one", 2)]
    [InlineData("""{"tenant":7,"episodeIds":"a"}""", null, 0)]
    [InlineData("""{"episodeIds":["\ud800"]}""", null, 0)]
    [InlineData("[1]", null, 0)]
    [InlineData("{", null, 0)]
    [InlineData("", null, 0)]
    public void Read_AMessageOfAlerts_TellsWhatCanBeRead(string body, string? tenant, int episodes)
    {
        var subject = new MessageReader().Read("alerts", body);

        Assert.Equal(tenant, subject.Tenant);
        Assert.Equal(episodes, subject.EpisodeIds.Count);
    }
}
