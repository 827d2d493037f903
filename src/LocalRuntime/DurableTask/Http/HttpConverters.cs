using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Primitives;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Headers as an object: a string, or an array where a header has several values.</summary>
internal sealed class HttpHeadersConverter : JsonConverter<IDictionary<string, StringValues>>
{
    public override IDictionary<string, StringValues> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var headers = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        var read = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(ref reader) ?? [];
        foreach (var (name, value) in read)
        {
            headers[name] = value.ValueKind == JsonValueKind.Array
                ? new StringValues([.. value.EnumerateArray().Select(one => one.GetString())])
                : new StringValues(value.GetString());
        }

        return headers;
    }

    public override void Write(Utf8JsonWriter writer, IDictionary<string, StringValues> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, values) in value)
        {
            writer.WritePropertyName(name);
            if (values.Count == 1)
            {
                writer.WriteStringValue(values[0]);
                continue;
            }

            writer.WriteStartArray();
            foreach (var one in values)
            {
                writer.WriteStringValue(one);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}

/// <summary>A method by its name.</summary>
internal sealed class HttpMethodConverter : JsonConverter<HttpMethod>
{
    public override HttpMethod Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? throw new JsonException("An HTTP method is a string."));

    public override void Write(Utf8JsonWriter writer, HttpMethod value, JsonSerializerOptions options) => writer.WriteStringValue(value.Method);
}
