using System.Buffers.Text;
using System.Text.Json;

namespace Nightwatch.Adapters.Sqlite;

/// <summary>Where a page ended: the ordering value and the id of its last document, opaque to callers.</summary>
internal static class PageToken
{
    public static string Encode(object? order, string id) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new[] { order, id }));

    /// <exception cref="ArgumentException">The token was not made by <see cref="Encode"/>.</exception>
    public static (object? Order, string Id) Decode(string continuationToken)
    {
        try
        {
            var parts = JsonSerializer.Deserialize<JsonElement[]>(Base64Url.DecodeFromChars(continuationToken));
            if (parts is [var order, { ValueKind: JsonValueKind.String } id])
            {
                return (ToValue(order), id.GetString()!);
            }
        }
        catch (Exception failure) when (failure is FormatException or JsonException or InvalidOperationException)
        {
            throw new ArgumentException("The continuation token is not one of ours; start again without it.", nameof(continuationToken), failure);
        }

        throw new ArgumentException("The continuation token is not one of ours; start again without it.", nameof(continuationToken));
    }

    private static object? ToValue(JsonElement order) => order.ValueKind switch
    {
        JsonValueKind.String => order.GetString(),
        JsonValueKind.Number when order.TryGetInt64(out var whole) => whole,
        JsonValueKind.Number => order.GetDouble(),
        _ => null,
    };
}
