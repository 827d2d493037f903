using System.Text.Json;
using System.Text.Json.Serialization;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Queries;

/// <summary>What a source answered, or why it did not.</summary>
public sealed record DirectAnswer
{
    /// <summary>success or no_data.</summary>
    public required ToolStatus Status { get; init; }

    /// <summary>The query as it ran.</summary>
    public required string Query { get; init; }

    public string? Source { get; init; }

    public string? Link { get; init; }

    /// <summary>What the source said beside its answer, and what we left out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>As the tool gives it: samples, series or lines.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>Of an answer that is given page by page: where the next page begins.</summary>
    public string? ContinuationToken { get; init; }

    /// <summary>Null when it was answered; the argument is a field of the question.</summary>
    [JsonIgnore]
    public ToolFault? Fault { get; init; }

    [JsonIgnore]
    public string? Problem { get; init; }
}

/// <summary>Runs a tool for a person who asks for its answer directly.</summary>
public sealed class AskTool(IToolCatalog tools, QueryLimits limits)
{
    /// <param name="fields">Arguments of the tool that have another name in the question.</param>
    /// <param name="refused">The field that is wrong when the source refuses the query itself.</param>
    public async Task<DirectAnswer> AskAsync<T>(
        string tool, Caller caller, T arguments, IReadOnlyDictionary<string, string> fields, string? refused, CancellationToken cancellationToken)
    {
        var result = await tools.InvokeAsync(
            new ToolRequest
            {
                Name = tool,
                Arguments = JsonSerializer.Serialize(arguments, WithoutNulls),
                Caller = caller,
                DecidedBy = ToolDecision.Person,
                Timeout = limits.Timeout,
                MaxDataBytes = ToolLimits.MaxDirectDataBytes,
            },
            cancellationToken).ConfigureAwait(false);
        var failed = result.Status is ToolStatus.Error or ToolStatus.ApprovalRequired;
        return new DirectAnswer
        {
            Status = result.Status,
            Query = result.Invocation,
            Source = result.Source,
            Link = result.Link,
            Warnings = result.Message is { } message ? [message] : [],
            Data = result.Data,
            ContinuationToken = result.Data is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("continuation_token", out var token) ? token.GetString() : null,
            Fault = failed ? FaultOf(result, fields, refused) : null,
            Problem = failed ? ProblemOf(result) : null,
        };
    }

    /// <summary>A tool that was stopped says which setting stopped it.</summary>
    private static string? ProblemOf(ToolResult result) => result is { Fault.Kind: ToolFaultKind.TimedOut, Source: null, Message: { } message } && message.Contains("did not finish", StringComparison.Ordinal)
        ? $"{message} The setting is {QueryLimits.TimeoutKey}; ask for a shorter time or a longer step."
        : result.Message;

    private static ToolFault FaultOf(ToolResult result, IReadOnlyDictionary<string, string> fields, string? refused)
    {
        var fault = result.Fault ?? new ToolFault(result.Transient ? ToolFaultKind.Unavailable : ToolFaultKind.Argument);
        return fault.Kind == ToolFaultKind.Refused ? fault with { Argument = refused }
            : fault.Argument is { } argument ? fault with { Argument = fields.GetValueOrDefault(argument, argument) }
            : fault;
    }

    private static JsonSerializerOptions WithoutNulls { get; } = new(ToolJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
