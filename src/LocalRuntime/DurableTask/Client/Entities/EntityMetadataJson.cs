using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Metadata as JSON, for functions that answer with it: without the state when there is none, which the property itself would refuse to give.</summary>
internal sealed class EntityMetadataJson : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => StateOf(typeToConvert) is not null;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Writer<,>).MakeGenericType(typeToConvert, StateOf(typeToConvert)!))!;

    private static Type? StateOf(Type type) => type == typeof(EntityMetadata) ? typeof(SerializedData)
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(EntityMetadata<>) ? type.GetGenericArguments()[0]
        : null;

    private sealed class Writer<TMetadata, TState> : JsonConverter<TMetadata>
        where TMetadata : EntityMetadata<TState>
    {
        public override TMetadata Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("The metadata of an entity is not read from JSON.");

        public override void Write(Utf8JsonWriter writer, TMetadata value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteString(Name(nameof(value.Id)), value.Id.ToString());
            writer.WriteString(Name(nameof(value.LastModifiedTime)), value.LastModifiedTime);
            if (value.BacklogQueueSize > 0)
            {
                writer.WriteNumber(Name(nameof(value.BacklogQueueSize)), value.BacklogQueueSize);
            }

            if (value.LockedBy is { } holder)
            {
                writer.WriteString(Name(nameof(value.LockedBy)), holder);
            }

            if (value.IncludesState)
            {
                writer.WritePropertyName(Name(nameof(value.State)));
                JsonSerializer.Serialize(writer, value.State is SerializedData raw ? raw.Value : (object)value.State, options);
            }

            writer.WriteEndObject();

            string Name(string property) => options.PropertyNamingPolicy?.ConvertName(property) ?? property;
        }
    }
}
