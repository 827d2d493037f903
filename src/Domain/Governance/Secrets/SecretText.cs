using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nightwatch.Domain.Governance.Secrets;

/// <summary>
/// A secret in memory that cannot leak by accident: as text, in a log and in a debugger it is ***, it can be read from JSON but not written to it, and only
/// <see cref="Reveal"/> gives it out, which is easy to search for.
/// </summary>
[DebuggerDisplay("***")]
[JsonConverter(typeof(SecretTextConverter))]
public sealed class SecretText
{
    public const int MaxBytes = 64 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string value;

    /// <exception cref="ArgumentException">Empty, over <see cref="MaxBytes"/> in UTF-8, or with half a surrogate pair, which could not be stored as it is.</exception>
    public SecretText(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        // A half pair throws here; the message must not repeat the text.
        int bytes;
        try
        {
            bytes = Strict.GetByteCount(value);
        }
        catch (EncoderFallbackException)
        {
            throw new ArgumentException("A secret holds half a surrogate pair.", nameof(value));
        }

        this.value = bytes <= MaxBytes ? value : throw new ArgumentException($"A secret has more than {MaxBytes} bytes.", nameof(value));
    }

    /// <summary>The secret itself. Only for handing it to the system that it is for, or to the protector.</summary>
    public string Reveal() => value;

    public override string ToString() => "***";
}

/// <summary>Reads what a caller sends; refuses to write, so that a secret in an answer or a document is a fault that a test meets.</summary>
public sealed class SecretTextConverter : JsonConverter<SecretText>
{
    public override SecretText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException("A secret must be a string.");
        }

        try
        {
            return new SecretText(reader.GetString()!);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw new JsonException($"A secret must be a text of 1 to {SecretText.MaxBytes} bytes.");
        }
    }

    public override void Write(Utf8JsonWriter writer, SecretText value, JsonSerializerOptions options) =>
        throw new NotSupportedException("A secret is not written as JSON; protect it and write the envelope.");
}
