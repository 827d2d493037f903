using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Nightwatch.LocalRuntime.ServiceBus;

/// <summary>What travels in a queue's message: the body and what a broker would keep beside it.</summary>
internal sealed record MessageEnvelope
{
    /// <summary>Says that this is an envelope and not somebody's own JSON.</summary>
    [JsonPropertyName("nightwatchEnvelope")]
    public int Version { get; init; }

    public required string MessageId { get; init; }

    public required DateTimeOffset EnqueuedTimeUtc { get; init; }

    /// <summary>Text, or base64 of bytes that are no text.</summary>
    public required string Body { get; init; }

    public bool? IsBinary { get; init; }

    public DeadLetterNote? DeadLetter { get; init; }

    /// <summary>What a function gets: a string, or the bytes that are none.</summary>
    [JsonIgnore]
    public object Content => IsBinary == true ? Convert.FromBase64String(Body) : Body;

    /// <summary>Where Service Bus says why a message is a dead letter.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> ApplicationProperties => DeadLetter is null
        ? new Dictionary<string, string>()
        : new Dictionary<string, string> { ["DeadLetterReason"] = DeadLetter.Reason, ["DeadLetterErrorDescription"] = DeadLetter.Error };

    public static MessageEnvelope Create(string body, TimeProvider time) =>
        new() { Version = 1, MessageId = Guid.NewGuid().ToString("N"), EnqueuedTimeUtc = time.GetUtcNow(), Body = body };

    public static MessageEnvelope Create(byte[] body, TimeProvider time) => Create("", time).With(body);

    /// <summary>Reads a received text. One that another program put there becomes the body of an envelope made from the message itself.</summary>
    public static MessageEnvelope Read(ReceivedMessage message)
    {
        var foreign = new MessageEnvelope { Version = 1, MessageId = message.Id, EnqueuedTimeUtc = message.Inserted, Body = message.Text };
        var bytes = new byte[message.Text.Length];
        if (!Convert.TryFromBase64String(message.Text, bytes, out var length))
        {
            return foreign;
        }

        bytes = bytes[..length];
        return (bytes.AsSpan().StartsWith("{\"nightwatchEnvelope\":"u8) ? Own(bytes) : null) ?? foreign.With(bytes);
    }

    /// <summary>The text to put into a queue.</summary>
    public string Encode() => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(this, EnvelopeJson.Relaxed.MessageEnvelope));

    /// <summary>The text with the note, shortened until it fits; null when the message has no room for any.</summary>
    public string? EncodeWith(DeadLetterNote note)
    {
        while (true)
        {
            var encoded = (this with { DeadLetter = note }).Encode();
            if (encoded.Length <= QueueClient.MaxEncodedMessage)
            {
                return encoded;
            }

            if (note.Error.Length == 0)
            {
                return null;
            }

            note = note with { Error = note.Error[..(note.Error.Length / 2)] };
        }
    }

    private static MessageEnvelope? Own(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, EnvelopeJson.Relaxed.MessageEnvelope) is { Version: 1, MessageId: not null, Body: not null } envelope
                && (envelope.IsBinary != true || Base64.IsValid(envelope.Body))
                && envelope.DeadLetter is null or { Reason: not null, Error: not null } ? envelope : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // Not ours after all: no envelope, or half a surrogate pair in a name of it.
            return null;
        }
    }

    private MessageEnvelope With(byte[] body) => Utf8.IsValid(body)
        ? this with { Body = Encoding.UTF8.GetString(body) }
        : this with { Body = Convert.ToBase64String(body), IsBinary = true };
}

/// <summary>Why a message is in the dead-letter queue.</summary>
internal sealed record DeadLetterNote(string Queue, string Reason, string Error, int Deliveries);

[JsonSerializable(typeof(MessageEnvelope))]
internal sealed partial class EnvelopeJson : JsonSerializerContext
{
    // Quotes and letters beyond ASCII as they are: escaped, a JSON body would take several times its room in a message.
    public static EnvelopeJson Relaxed { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
