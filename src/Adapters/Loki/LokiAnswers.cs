using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nightwatch.Adapters.Loki;

internal sealed record LokiAnswer<T>(string Status, T? Data = null, IReadOnlyList<string>? Warnings = null)
    where T : class;

internal sealed record LokiBuild(string? Version = null);

/// <summary>What the result holds depends on its type: streams of lines, or numbers for a metric query.</summary>
internal sealed record LokiData(string ResultType, JsonElement Result);

internal sealed record LokiStream(Dictionary<string, string> Stream, IReadOnlyList<LokiValue> Values);

/// <summary>["unix nanoseconds", "line"], and since Loki 3 possibly a third element with structured metadata.</summary>
[JsonConverter(typeof(LokiValueConverter))]
internal readonly record struct LokiValue(DateTimeOffset At, string Line);

internal sealed class LokiValueConverter : JsonConverter<LokiValue>
{
    public override LokiValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.String
            || !long.TryParse(reader.GetString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var nanoseconds)
            || !reader.Read() || reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException();
        }

        var line = reader.GetString()!;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Skip();
        }

        return new LokiValue(DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100), line);
    }

    public override void Write(Utf8JsonWriter writer, LokiValue value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Answers are only read.");
}
