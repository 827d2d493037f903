namespace Nightwatch.Domain.Models;

/// <summary>Something that a model may ask to be called. It never runs anything itself: what it asks for is text until we look at it.</summary>
/// <param name="Schema">JSON schema of the arguments object.</param>
public sealed record ModelTool(string Name, string Description, string Schema);

/// <summary>A wish of a model to use a tool; untrusted, also its name.</summary>
/// <param name="Id">Ties the result to the call.</param>
/// <param name="Arguments">What the model wrote, which may be no JSON at all.</param>
public sealed record ModelToolCall(string Id, string Name, string Arguments);

public enum ModelRole
{
    User,
    Assistant,
    ToolResult,
}

/// <summary>One message after the system's.</summary>
public sealed record ModelMessage(ModelRole Role, string Text)
{
    /// <summary>Of the assistant: what it wished for.</summary>
    public IReadOnlyList<ModelToolCall> Calls { get; init; } = [];

    /// <summary>Of a tool's result: the call that it answers.</summary>
    public string? CallId { get; init; }
}

/// <summary>A conversation so far, of which the model is to give the next message.</summary>
public sealed record ModelConversation
{
    public required string System { get; init; }

    public required IReadOnlyList<ModelMessage> Messages { get; init; }

    public IReadOnlyList<ModelTool> Tools { get; init; } = [];

    /// <summary>False: the tools stand in the conversation, but the next message has to be an answer.</summary>
    public bool MayCallTools { get; init; } = true;

    public int MaxOutputTokens { get; init; } = 1500;

    /// <summary>A JSON schema that an answer without calls must follow, or null for plain text.</summary>
    public string? JsonSchema { get; init; }

    /// <summary>Name of the model to use, or null for the configured one.</summary>
    public string? Model { get; init; }
}

/// <summary>The model's next message: calls, or an answer.</summary>
/// <param name="Text">With calls it may be empty, and follows no schema.</param>
public sealed record ModelReply(string Text, IReadOnlyList<ModelToolCall> Calls, string Model, long InputTokens, long OutputTokens);
