namespace Nightwatch.Domain.Models;

/// <summary>One turn to a language model. The answer is untrusted text.</summary>
public sealed record ModelRequest
{
    public required string System { get; init; }

    public required string User { get; init; }

    public int MaxOutputTokens { get; init; } = 1500;

    /// <summary>A JSON schema the answer must follow, or null for plain text.</summary>
    public string? JsonSchema { get; init; }

    /// <summary>Name of the model to use, or null for the configured one.</summary>
    public string? Model { get; init; }
}

public sealed record ModelAnswer(string Text, string Model, long InputTokens, long OutputTokens);

/// <summary>A language model. It throws <see cref="Datasources.SourceException"/> when it is down, slow or refuses; there may be none at all.</summary>
public interface IChatModel
{
    Task<ModelAnswer> CompleteAsync(ModelRequest request, CancellationToken cancellationToken);

    /// <summary>The next message of a conversation in which the model may ask for tools.</summary>
    Task<ModelReply> ContinueAsync(ModelConversation conversation, CancellationToken cancellationToken);
}
