using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nightwatch.LocalRuntime.ServiceBus;

/// <summary>What travels in a queue's message: the body and what a broker would keep beside it.</summary>
internal sealed record MessageEnvelope
{
    /// <summary>Says that this is an envelope and not somebody's own JSON.</summary>
    [JsonPropertyName("nightwatchEnvelope")]
    public int Version { get; init; }

    public required string MessageId { get; init; }

    public required DateTimeOffset EnqueuedTimeUtc { get; init; }

    public required string Body { get; init; }

    public DeadLetterNote? DeadLetter { get; init; }

    public static MessageEnvelope Create(string body, TimeProvider time) =>
        new() { Version = 1, MessageId = Guid.NewGuid().ToString("N"), EnqueuedTimeUtc = time.GetUtcNow(), Body = body };

    /// <summary>Reads a received text. One that another program put there becomes the body of an envelope made from the message itself.</summary>
    public static MessageEnvelope Read(ReceivedMessage message)
    {
        var text = Decode(message.Text);
        try
        {
            if (text.StartsWith("{\"nightwatchEnvelope\":", StringComparison.Ordinal)
                && JsonSerializer.Deserialize(text, EnvelopeJson.Default.MessageEnvelope) is { Version: 1, MessageId: not null, Body: not null } envelope)
            {
                return envelope;
            }
        }
        catch (JsonException)
        {
            // Not ours after all.
        }

        return new MessageEnvelope { Version = 1, MessageId = message.Id, EnqueuedTimeUtc = message.Inserted, Body = text };
    }

    /// <summary>The text to put into a queue.</summary>
    public string Encode() => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(this, EnvelopeJson.Default.MessageEnvelope));

    private static string Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : text;
    }
}

/// <summary>Why a message is in the dead-letter queue.</summary>
internal sealed record DeadLetterNote(string Queue, string Reason, string Error, int Deliveries);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MessageEnvelope))]
internal sealed partial class EnvelopeJson : JsonSerializerContext;
