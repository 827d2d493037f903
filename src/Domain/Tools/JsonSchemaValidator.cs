using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Tools;

/// <summary>
/// Checks a value against the part of JSON Schema that our tools use: type, enum, required, properties, additionalProperties, items, minItems, maxItems,
/// minimum, maximum, minLength, maxLength and the format date-time. A keyword outside that part is not checked, so schemas of ours keep to it.
/// </summary>
public static partial class JsonSchemaValidator
{
    /// <summary>The first thing that is wrong, naming the field by its path, or null.</summary>
    public static string? Validate(JsonElement schema, JsonElement value) => Check(schema, value, "");

    private static string? Check(JsonElement schema, JsonElement value, string path)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return schema.ValueKind == JsonValueKind.False ? $"{Named(path)} is not allowed" : null;
        }

        return CheckType(schema, value, path) ?? CheckEnum(schema, value, path) ?? value.ValueKind switch
        {
            JsonValueKind.Object => CheckObject(schema, value, path),
            JsonValueKind.Array => CheckArray(schema, value, path),
            JsonValueKind.String => CheckString(schema, value.GetString()!, path),
            JsonValueKind.Number => CheckNumber(schema, value, path),
            _ => null,
        };
    }

    private static string? CheckType(JsonElement schema, JsonElement value, string path)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return null;
        }

        var allowed = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : new[] { type.GetString()! };
        return allowed.Any(t => IsOfType(t, value)) ? null : $"{Named(path)} must be {string.Join(" or ", allowed.Select(Article))}";
    }

    private static bool IsOfType(string type, JsonElement value) => type switch
    {
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && Math.Floor(number) == number,
        "number" => value.ValueKind == JsonValueKind.Number,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => false,
    };

    private static string? CheckEnum(JsonElement schema, JsonElement value, string path)
    {
        if (!schema.TryGetProperty("enum", out var allowed) || allowed.EnumerateArray().Any(a => JsonElement.DeepEquals(a, value)))
        {
            return null;
        }

        return $"{Named(path)} must be one of {string.Join(", ", allowed.EnumerateArray().Where(a => a.ValueKind != JsonValueKind.Null).Select(a => a.ToString()))}";
    }

    private static string? CheckObject(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("required", out var required)
            && required.EnumerateArray().FirstOrDefault(r => !value.TryGetProperty(r.GetString()!, out _)) is { ValueKind: JsonValueKind.String } missing)
        {
            return $"{Join(path, missing.GetString()!)} is required";
        }

        var known = schema.TryGetProperty("properties", out var properties);
        var others = schema.TryGetProperty("additionalProperties", out var additional);
        foreach (var property in value.EnumerateObject())
        {
            var inner = Join(path, property.Name);
            var error = known && properties.TryGetProperty(property.Name, out var own) ? Check(own, property.Value, inner)
                : !others ? null
                : additional.ValueKind == JsonValueKind.False ? Unknown(inner, known ? properties : default)
                : Check(additional, property.Value, inner);
            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }

    private static string Unknown(string path, JsonElement properties) => properties.ValueKind != JsonValueKind.Object
        ? $"{path} is not an argument"
        : $"{path} is not an argument; there are {string.Join(", ", properties.EnumerateObject().Select(p => p.Name))}";

    private static string? CheckArray(JsonElement schema, JsonElement value, string path)
    {
        var length = value.GetArrayLength();
        if (schema.TryGetProperty("minItems", out var least) && length < least.GetInt32())
        {
            return $"{Named(path)} must have at least {least} elements";
        }

        if (schema.TryGetProperty("maxItems", out var most) && length > most.GetInt32())
        {
            return $"{Named(path)} must have at most {most} elements";
        }

        return schema.TryGetProperty("items", out var items)
            ? value.EnumerateArray().Select((element, index) => Check(items, element, $"{path}[{index}]")).FirstOrDefault(e => e is not null)
            : null;
    }

    private static string? CheckString(JsonElement schema, string value, string path)
    {
        if (schema.TryGetProperty("minLength", out var least) && value.Length < least.GetInt32())
        {
            return least.GetInt32() == 1 ? $"{Named(path)} must not be empty" : $"{Named(path)} must have at least {least} characters";
        }

        if (schema.TryGetProperty("maxLength", out var most) && value.Length > most.GetInt32())
        {
            return $"{Named(path)} must have at most {most} characters";
        }

        return schema.TryGetProperty("format", out var format) && format.GetString() == "date-time" && !IsDateTime(value)
            ? $"{Named(path)} must be a time such as 2026-01-31T23:59:00Z"
            : null;
    }

    private static string? CheckNumber(JsonElement schema, JsonElement value, string path)
    {
        var number = value.GetDouble();
        if (schema.TryGetProperty("minimum", out var least) && number < least.GetDouble())
        {
            return $"{Named(path)} must be at least {least}";
        }

        return schema.TryGetProperty("maximum", out var most) && !(number <= most.GetDouble()) ? $"{Named(path)} must be at most {most}" : null;
    }

    /// <summary>RFC 3339: date, time and an offset; a time without an offset would mean something else on every machine.</summary>
    private static bool IsDateTime(string value) =>
        DateTimeForm().IsMatch(value) && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Named(string path) => path.Length == 0 ? "the value" : path;

    private static string Article(string type) => type is "null" ? "null" : type[0] is 'a' or 'i' or 'o' ? $"an {type}" : $"a {type}";

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$", RegexOptions.NonBacktracking)]
    private static partial Regex DateTimeForm();
}
