using System.Globalization;
using System.Text.Json;
using Nightwatch.Domain.DeadLetters;

namespace Nightwatch.Functions.DeadLetters;

/// <summary>
/// Reads the metadata that both runtimes give a Service Bus trigger: text as it is, all else as JSON. Source: the Service Bus trigger's message metadata;
/// the reason is among the ApplicationProperties ("Overview of Service Bus dead-letter queues").
/// </summary>
public static class DeadLetterBinding
{
    public static ReceivedDeadLetter Read(string queue, byte[] body, IReadOnlyDictionary<string, object?> data)
    {
        var (reason, description) = WhyOf(TextOf(data, "ApplicationProperties"));
        return new ReceivedDeadLetter
        {
            Queue = queue,
            Body = body,
            MessageId = TextOf(data, "MessageId") ?? "",
            Reason = reason,
            Description = description,
            DeliveryCount = int.TryParse(TextOf(data, "DeliveryCount"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 1,
            EnqueuedAt = DateTimeOffset.TryParse(
                TextOf(data, "EnqueuedTimeUtc")?.Trim('"'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null,
        };
    }

    private static string? TextOf(IReadOnlyDictionary<string, object?> data, string name) =>
        data.TryGetValue(name, out var value) && value is not null ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    private static (string? Reason, string? Description) WhyOf(string? properties)
    {
        try
        {
            using var json = JsonDocument.Parse(properties ?? "null");
            return (ValueOf(json.RootElement, "DeadLetterReason"), ValueOf(json.RootElement, "DeadLetterErrorDescription"));
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return (null, null);
        }
    }

    private static string? ValueOf(JsonElement properties, string name) =>
        properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
