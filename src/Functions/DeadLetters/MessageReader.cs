using System.Text.Json;
using Nightwatch.Domain.DeadLetters;

namespace Nightwatch.Functions.DeadLetters;

/// <summary>Reads what it can of a message of ours, which may be one that its own function could not read.</summary>
public sealed class MessageReader : IMessageReader
{
    public MessageSubject Read(string queue, string body) => queue switch
    {
        Queues.Alerts => ReadAlerts(body),
        Queues.Reconcile => new MessageSubject(body, []),
        _ => MessageSubject.Unknown,
    };

    private static MessageSubject ReadAlerts(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return MessageSubject.Unknown;
            }

            var tenant = json.RootElement.TryGetProperty("tenant", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
            var ids = json.RootElement.TryGetProperty("episodeIds", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;
            return new MessageSubject(tenant, [.. ids.Where(id => id.ValueKind == JsonValueKind.String).Select(id => id.GetString()!).Where(id => id.Length > 0)]);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // No JSON, or a text in it that is no Unicode.
            return MessageSubject.Unknown;
        }
    }
}
