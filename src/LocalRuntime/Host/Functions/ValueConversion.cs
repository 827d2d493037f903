using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Azure.Core.Serialization;
using Nightwatch.LocalRuntime.Host.Invocation;

namespace Nightwatch.LocalRuntime.Host.Functions;

/// <summary>Text from outside into a parameter's type, in the invariant culture; a failure names the parameter.</summary>
internal static class ValueConversion
{
    /// <summary>A route value or a message's metadata. An absent value becomes the default value, or null where the type has one.</summary>
    /// <exception cref="ParameterBindingException">The text is no value of the type, or it is absent and must not be.</exception>
    public static object? FromMetadata(FunctionInvocationContext invocation, ParameterInfo parameter)
    {
        if (!invocation.BindingContext.BindingData.TryGetValue(parameter.Name!, out var value) || value is null or "")
        {
            return parameter.HasDefaultValue ? parameter.DefaultValue : value is "" && parameter.ParameterType == typeof(string) ? value : Nothing(parameter);
        }

        if (parameter.ParameterType.IsInstanceOfType(value))
        {
            return value;
        }

        var text = Convert.ToString(value, CultureInfo.InvariantCulture)!;
        return TryParse(text, parameter.ParameterType, out var parsed)
            ? parsed
            : throw new ParameterBindingException(parameter.Name!, parameter.ParameterType, $"'{Excerpt(text)}' is not one.", null);
    }

    /// <summary>A message (a string, or bytes that are none): text for a string, bytes for an array of bytes, else what <see cref="FromJson"/> makes of it.</summary>
    public static object? FromPayload(object payload, ParameterInfo parameter, Type type, ObjectSerializer serializer)
    {
        if (type == typeof(byte[]) || type == typeof(BinaryData))
        {
            var bytes = payload as byte[] ?? Encoding.UTF8.GetBytes((string)payload);
            return type == typeof(byte[]) ? bytes : BinaryData.FromBytes(bytes);
        }

        var text = payload as string ?? Encoding.UTF8.GetString((byte[])payload);
        return type == typeof(string) ? text : FromJson(text, parameter, type, serializer);
    }

    /// <exception cref="ParameterBindingException">The text is not JSON of the type.</exception>
    public static object? FromJson(string json, ParameterInfo parameter, Type type, ObjectSerializer serializer)
    {
        try
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json), writable: false);
            return serializer.Deserialize(stream, type, CancellationToken.None);
        }
        catch (Exception error) when (IsBadJson(error))
        {
            throw new ParameterBindingException(parameter.Name!, type, error.Message, error);
        }
    }

    /// <summary>Whether an error of the serialiser, or of the type it fills, is the text's fault.</summary>
    public static bool IsBadJson(Exception error) => error is JsonException or NotSupportedException or FormatException or ArgumentException;

    public static object? Nothing(ParameterInfo parameter) =>
        !parameter.ParameterType.IsValueType || Nullable.GetUnderlyingType(parameter.ParameterType) is not null
            ? null
            : throw new ParameterBindingException(parameter.Name!, parameter.ParameterType, "There is no value; give it a default or make it nullable.", null);

    private static bool TryParse(string text, Type type, out object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        // A message's metadata is JSON: a time comes in quotes.
        var bare = text.Length > 1 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;
        value = type switch
        {
            _ when type == typeof(string) => text,
            _ when type.IsEnum => Enum.TryParse(type, bare, ignoreCase: true, out var named) && Enum.IsDefined(type, named!) ? named : null,
            _ when type == typeof(int) => int.TryParse(bare, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type == typeof(long) => long.TryParse(bare, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type == typeof(double) => double.TryParse(bare, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type == typeof(decimal) => decimal.TryParse(bare, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type == typeof(bool) => bool.TryParse(bare, out var truth) ? truth : null,
            _ when type == typeof(Guid) => Guid.TryParse(bare, out var id) ? id : null,
            _ when type == typeof(DateTime) => DateTime.TryParse(bare, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) ? time : null,
            _ when type == typeof(DateTimeOffset) => DateTimeOffset.TryParse(bare, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) ? time : null,
            _ => Json(text, type),
        };
        return value is not null;
    }

    private static object? Json(string text, Type type)
    {
        try
        {
            return JsonSerializer.Deserialize(text, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Excerpt(string text) => text.Length > 60 ? text[..60] + "..." : text;
}
