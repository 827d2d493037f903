using System.Text.Json;
using System.Text.Json.Serialization;

namespace Microsoft.DurableTask.Entities;

/// <summary>An entity's id: a name, which selects the function and is kept in lower case, and a key. As text and in JSON "@name@key".</summary>
[JsonConverter(typeof(AsText))]
public readonly record struct EntityInstanceId
{
    /// <exception cref="ArgumentException">The name is empty or holds an '@'.</exception>
    public EntityInstanceId(string name, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(key);
        if (name.Contains('@'))
        {
            throw new ArgumentException("The name of an entity has no '@' in it.", nameof(name));
        }

        Name = name.ToLowerInvariant();
        Key = key;
    }

    public string Name { get; }

    public string Key { get; }

    /// <exception cref="ArgumentException">The text is not of the form "@name@key".</exception>
    public static EntityInstanceId FromString(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var second = instanceId.IndexOf('@', 1);
        return instanceId[0] == '@' && second > 1
            ? new EntityInstanceId(instanceId[1..second], instanceId[(second + 1)..])
            : throw new ArgumentException($"'{instanceId}' is not the id of an entity; that has the form '@name@key'.", nameof(instanceId));
    }

    public override string ToString() => $"@{Name}@{Key}";

    private sealed class AsText : JsonConverter<EntityInstanceId>
    {
        public override EntityInstanceId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return FromString(reader.GetString() ?? "");
            }
            catch (Exception failure) when (failure is ArgumentException or InvalidOperationException)
            {
                throw new JsonException("The id of an entity is a text of the form '@name@key'.", failure);
            }
        }

        public override void Write(Utf8JsonWriter writer, EntityInstanceId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
