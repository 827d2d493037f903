using System.Text;
using Nightwatch.Domain.Models;
using OpenAI.Chat;

namespace Nightwatch.Adapters.OpenAi;

/// <summary>Puts a streamed reply together: text, and calls of tools that come in pieces by their index.</summary>
internal sealed class OpenAiReply(int longest)
{
    private const int MaxCalls = 16;
    private readonly StringBuilder text = new();
    private readonly SortedDictionary<int, Piece> calls = [];
    private int length;

    public ChatTokenUsage? Usage { get; private set; }

    /// <summary>False when the reply is longer than anything that heeds its limit: what came so far counts.</summary>
    public bool Add(StreamingChatCompletionUpdate update)
    {
        Usage = update.Usage ?? Usage;
        foreach (var part in update.ContentUpdate)
        {
            text.Append(part.Text);
            length += part.Text?.Length ?? 0;
        }

        foreach (var part in update.ToolCallUpdates)
        {
            Add(part);
        }

        return length <= longest;
    }

    public (string Text, IReadOnlyList<ModelToolCall> Calls) End()
    {
        var whole = length > longest ? text.ToString(0, Math.Min(longest, text.Length)) : text.ToString();
        // A call that was cut off is none.
        return (whole, length > longest ? [] : [.. calls.Values.Select((c, i) => new ModelToolCall(c.Id ?? $"call_{i}", c.Name.ToString(), c.Arguments.Length == 0 ? "{}" : c.Arguments.ToString()))]);
    }

    private void Add(StreamingChatToolCallUpdate part)
    {
        if (!calls.TryGetValue(part.Index, out var piece))
        {
            if (calls.Count >= MaxCalls)
            {
                return;
            }

            calls[part.Index] = piece = new Piece();
        }

        piece.Id ??= part.ToolCallId is { Length: > 0 } id ? id : null;
        piece.Name.Append(part.FunctionName);
        var arguments = part.FunctionArgumentsUpdate?.ToString() ?? "";
        piece.Arguments.Append(arguments);
        length += arguments.Length + (part.FunctionName?.Length ?? 0);
    }

    private sealed class Piece
    {
        public string? Id { get; set; }

        public StringBuilder Name { get; } = new();

        public StringBuilder Arguments { get; } = new();
    }
}
