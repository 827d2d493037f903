using System.Text.Json;
using System.Text.Json.Serialization;
using Nightwatch.Domain.Serialization;

namespace Nightwatch.Adapters.Http;

/// <summary>
/// The serialiser for answers from outside: as <see cref="NightwatchJson"/>, and a null where none is documented is refused instead of met later.
/// </summary>
internal static class SourceJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(NightwatchJson.Options)
        {
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
        };
        options.Converters.Add(new LabelsConverter());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}

/// <summary>A label set: every value a string.</summary>
internal sealed class LabelsConverter : JsonConverter<Dictionary<string, string>>
{
    public override Dictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            labels[name] = reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException();
        }

        return reader.TokenType == JsonTokenType.EndObject ? labels : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, Dictionary<string, string> value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Answers are only read.");
}
