using System.Text.Json;
using System.Text.Unicode;

namespace Nightwatch.Domain.Governance.SignIn;

/// <summary>
/// JSON that two parsers cannot read differently: UTF-8 without a mark, no comment, no trailing comma, no member twice (however it is escaped), no half
/// of a surrogate pair.
/// </summary>
public static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>The object, independent of <paramref name="utf8"/>; null when it is anything else or is not strict.</summary>
    public static JsonElement? ParseObject(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object && ReadsAsText(utf8.Span) ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // An escape such as "\ud800", which stands for no character: the reader says so in this way.
            return null;
        }
    }

    private static bool ReadsAsText(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Options.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                _ = reader.GetString();
            }
        }

        return true;
    }
}
