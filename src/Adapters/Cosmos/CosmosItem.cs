using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nightwatch.Domain.Serialization;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Cosmos;

/// <summary>
/// A document as Cosmos DB stores it: {id, pk, name?, keys{index: key}, fields{field: part}, expires?, ttl?, write, body | text}. name is the id where that had
/// to be cut, body the value as JSON, text the same as a string where doubles would not hold its numbers.
/// </summary>
internal sealed record CosmosItem(string Id, string Write, DateTimeOffset? Expires, byte[] Json)
{
    /// <summary>TTL counts by the service's clock from when it stored the item: it shall never remove what lives by ours.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    /// <summary>Largest item that Cosmos DB takes, in bytes of its JSON: 2 MB ("Azure Cosmos DB service quotas", per-item limits).</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    public static CosmosItem Of<T>(CosmosIndex<T> index, string partition, DocumentWrite<T> write, DateTimeOffset? expires, DateTimeOffset now)
        where T : class
    {
        var id = CosmosKey.EscapeBounded(write.Id, CosmosKey.MaxId);
        var mark = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var parts = index.PartsOf(write.Value);
        using var buffer = new MemoryStream(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = NightwatchJson.Options.Encoder, SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("pk", partition);
            if (CosmosKey.IsCut(id))
            {
                json.WriteString("name", write.Id);
            }

            WriteTexts(json, "keys", index.KeysOf(parts, id));
            WriteTexts(json, "fields", parts.Select(p => (p.Key, p.Value)));
            if (expires is { } end)
            {
                json.WriteString("expires", CosmosKey.Moment(end));
                json.WriteNumber("ttl", (int)Math.Clamp(Math.Ceiling((end - now + Slack).TotalSeconds), 1, int.MaxValue));
            }

            json.WriteString("write", mark);
            WriteValue(json, JsonSerializer.SerializeToUtf8Bytes(write.Value, NightwatchJson.Options));
            json.WriteEndObject();
        }

        return new CosmosItem(id, mark, expires, buffer.ToArray());
    }

    public static string IdOf(JsonElement item) => item.TryGetProperty("name", out var name) ? name.GetString()! : CosmosKey.Unescape(item.GetProperty("id").GetString()!);

    /// <summary>The part of a field as it stands in keys; "" when the document has no value in it.</summary>
    public static string FieldOf(JsonElement item, string field) =>
        item.TryGetProperty("fields", out var fields) && fields.TryGetProperty(field, out var part) ? part.GetString() ?? "" : "";

    public static string WriteOf(JsonElement item) => item.TryGetProperty("write", out var write) ? write.GetString() ?? "" : "";

    public static DateTimeOffset? ExpiresOf(JsonElement item) => item.TryGetProperty("expires", out var expires)
        ? new DateTimeOffset(long.Parse(expires.GetString()!, NumberStyles.None, CultureInfo.InvariantCulture), TimeSpan.Zero)
        : null;

    public static CosmosETag ETagOf(JsonElement item) => CosmosETag.OfHeader(item.GetProperty("_etag").GetString()!, ExpiresOf(item));

    public static Document<T> ToDocument<T>(string partitionKey, JsonElement item)
        where T : class =>
        new(partitionKey, IdOf(item), ETagOf(item).ToString(), ValueOf<T>(item) ?? throw new JsonException($"A stored {typeof(T).Name} is null."));

    private static T? ValueOf<T>(JsonElement item)
        where T : class =>
        item.TryGetProperty("text", out var text)
            ? JsonSerializer.Deserialize<T>(text.GetString()!, NightwatchJson.Options)
            : item.GetProperty("body").Deserialize<T>(NightwatchJson.Options);

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<(string Name, string Value)> texts)
    {
        var open = false;
        foreach (var (key, value) in texts)
        {
            if (!open)
            {
                json.WriteStartObject(name);
                open = true;
            }

            json.WriteString(key, value);
        }

        if (open)
        {
            json.WriteEndObject();
        }
    }

    private static void WriteValue(Utf8JsonWriter json, byte[] value)
    {
        if (SurvivesDoubles(value))
        {
            json.WritePropertyName("body");
            json.WriteRawValue(value, skipInputValidation: true);
        }
        else
        {
            json.WriteString("text", value);
        }
    }

    /// <summary>Whether each number is the same after it was a double (IEEE 754), which all numbers of Cosmos DB are.</summary>
    private static bool SurvivesDoubles(ReadOnlySpan<byte> value)
    {
        const long MostExact = 1L << 53;
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = NightwatchJson.Options.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Number)
            {
                continue;
            }

            var survives = reader.TryGetInt64(out var whole)
                ? whole is >= -MostExact and <= MostExact
                : reader.TryGetDouble(out var number) && double.IsFinite(number)
                    && Encoding.ASCII.GetString(reader.ValueSpan) == number.ToString("R", CultureInfo.InvariantCulture);
            if (!survives)
            {
                return false;
            }
        }

        return true;
    }
}
