using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Nightwatch.Domain.Serialization;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>
/// A document as JSON for people to see, each text of it masked, names of labels too. What names one of our own records (id, incidentId, fingerprint, a
/// continuation token, ...) stays, since the reader gives it back to us; inside labels and annotations, whose names are the sender's, nothing stays.
/// </summary>
public static class MaskedJson
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <returns>UTF-8.</returns>
    public static ReadOnlyMemory<byte> Serialize<T>(T value, IMasker masker)
    {
        using var document = JsonSerializer.SerializeToDocument(value, NightwatchJson.Options);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            Write(writer, document.RootElement, "", isOurs: true, masker);
        }

        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element, string name, bool isOurs, IMasker masker)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject())
                {
                    writer.WritePropertyName(isOurs ? property.Name : masker.Mask(property.Name));
                    Write(writer, property.Value, property.Name, isOurs && !HoldsOthersNames(property.Name), masker);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(writer, item, name, isOurs, masker);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String when isOurs && IsReference(name):
                element.WriteTo(writer);
                break;
            case JsonValueKind.String:
                var text = element.GetString()!;
                writer.WriteStringValue(isOurs ? masker.Mask(text) : masker.MaskValue(name, text));
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static bool HoldsOthersNames(string name) =>
        name.EndsWith("labels", StringComparison.OrdinalIgnoreCase) || name is "annotations" or "data";

    private static bool IsReference(string name) =>
        name is "id" or "fingerprint" or "continuationToken" or "cursor" || name.EndsWith("Id", StringComparison.Ordinal) || name.EndsWith("Ids", StringComparison.Ordinal);
}
