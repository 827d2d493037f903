using Nightwatch.LocalRuntime.ServiceBus;

namespace Nightwatch.LocalRuntime.Tests.ServiceBus;

public sealed class QueueAccountTests
{
    [Fact]
    public void Parse_DevelopmentStorage_IsAzuriteOnItsOwnPort()
    {
        var account = QueueAccount.Parse("UseDevelopmentStorage=true");

        Assert.Equal("http://127.0.0.1:10001/devstoreaccount1", account.Endpoint.ToString());
        Assert.Equal("devstoreaccount1", account.Name);
    }

    [Fact]
    public void Parse_AccountWithSuffix_MakesTheEndpoint()
    {
        var account = QueueAccount.Parse("DefaultEndpointsProtocol=https;AccountName=night;AccountKey=AAECAw==;EndpointSuffix=core.windows.net");

        Assert.Equal("https://night.queue.core.windows.net/", account.Endpoint.ToString());
        Assert.Equal([0, 1, 2, 3], account.Key.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("AccountName=night")]
    [InlineData("AccountName=night;AccountKey=not base64!;QueueEndpoint=http://127.0.0.1:1/night")]
    [InlineData("AccountName=night;AccountKey=AAAA;QueueEndpoint=nowhere")]
    [InlineData("Endpoint=sb://night.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=b")]
    public void Parse_AnythingElse_Throws(string connectionString) => Assert.Throws<FormatException>(() => QueueAccount.Parse(connectionString));

    [Theory]
    [InlineData("plain text")]
    [InlineData("{\"nightwatchEnvelope\":")]
    [InlineData("{\"nightwatchEnvelope\":1}")]
    [InlineData("{\"own\":\"json\"}")]
    [InlineData("")]
    [InlineData("{\"nightwatchEnvelope\":1,\"\\ud800\":1}")]
    [InlineData("{\"nightwatchEnvelope\":1,\"messageId\":\"\\ud800\",\"enqueuedTimeUtc\":\"2026-11-21T00:00:00Z\",\"body\":\"b\"}")]
    [InlineData("{\"nightwatchEnvelope\":1,\"messageId\":\"m\",\"enqueuedTimeUtc\":\"0001-01-01T00:00:00+14:00\",\"body\":\"b\"}")]
    [InlineData("{\"nightwatchEnvelope\":1,\"messageId\":\"m\",\"enqueuedTimeUtc\":\"2026-11-21T00:00:00Z\",\"body\":\"%\",\"isBinary\":true}")]
    [InlineData("{\"nightwatchEnvelope\":1,\"messageId\":\"m\",\"enqueuedTimeUtc\":\"2026-11-21T00:00:00Z\",\"body\":\"b\",\"deadLetter\":{\"queue\":null,\"reason\":null,\"error\":null,\"deliveries\":1}}")]
    public void Read_TextOfAnotherProgram_IsTheBody(string text)
    {
        var message = new ReceivedMessage("id", "receipt", 3, DateTimeOffset.UnixEpoch, Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text)));

        var envelope = MessageEnvelope.Read(message);

        Assert.Equal(text, envelope.Body);
        Assert.Equal("id", envelope.MessageId);
        Assert.Equal(DateTimeOffset.UnixEpoch, envelope.EnqueuedTimeUtc);
    }

    [Fact]
    public void Read_WhatWasEncoded_IsTheSame()
    {
        var envelope = MessageEnvelope.Create("{\"a\":\"ü\"}", TimeProvider.System);

        Assert.Equal(envelope, MessageEnvelope.Read(new ReceivedMessage("x", "x", 1, default, envelope.Encode())));
    }
}
