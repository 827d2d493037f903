using System.Text.Json;

namespace Nightwatch.Domain.Tools;

/// <summary>Writes a result as text for a language model.</summary>
public static class ToolRendering
{
    public const int MaxTokens = 25_000;

    /// <summary>Part of a model's context that one result may take.</summary>
    public const double MaxShare = 0.15;

    /// <summary>A usual rule of thumb for English and JSON; no tokenizer is asked.</summary>
    public const int CharactersPerToken = 4;

    /// <summary>
    /// The result as one JSON object (status, invocation, link, message, data), at most the smaller of 25,000 tokens and 15 % of the context; what was
    /// left out is said in its message.
    /// </summary>
    /// <param name="result">As the catalogue returned it, that is, already masked.</param>
    /// <param name="contextTokens">Tokens that the model's context holds.</param>
    public static string ForModel(ToolResult result, int contextTokens)
    {
        var limit = Math.Min(MaxTokens, (int)(Math.Max(contextTokens, 0) * MaxShare)) * CharactersPerToken;
        var head = result with
        {
            Data = null,
            Invocation = Cut(result.Invocation, limit / 4),
            Message = Cut(result.Message, limit / 8),
            Link = FitLink(result.Link, limit / 8),
        };
        if (result.Data is not { } data)
        {
            return Write(head, null, null);
        }

        var room = limit - Write(head, null, null).Length - 200;
        var (bounded, leftOut) = ToolData.Bound(data, Math.Max(room, 0), Math.Clamp(room / 8, 64, ToolLimits.MaxStringLength), masker: null);
        var text = Write(head, bounded, leftOut);
        return text.Length <= limit ? text : Write(head, null, "the data is left out: it is too large for this model; ask for less");
    }

    private static string Write(ToolResult head, JsonElement? data, string? leftOut) => JsonSerializer.Serialize(
        new ModelView(head.Status, head.Invocation, head.Link, Outcome.Notes(head.Message, leftOut), data),
        ModelOptions);

    private static string? FitLink(string? link, int limit) => link?.Length <= limit ? link : null;

    private static string Cut(string? text, int limit) => text is null || text.Length <= limit ? text ?? "" : text[..limit] + "...";

    private static JsonSerializerOptions ModelOptions { get; } = new(ToolJson.Options) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private sealed record ModelView(ToolStatus Status, string Invocation, string? Link, string? Message, JsonElement? Data);
}
