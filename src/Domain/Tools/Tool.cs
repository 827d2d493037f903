using System.Text.Json;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Tools;

/// <summary>What a tool does to the world. The defaults are the pessimistic ones: a tool must say that it is harmless.</summary>
public sealed record ToolEffects
{
    public bool ReadOnly { get; init; }

    public bool Destructive { get; init; } = true;

    public bool Idempotent { get; init; }

    public bool OpenWorld { get; init; } = true;

    /// <summary>Reads from one known system, changes nothing, and may be repeated.</summary>
    public static ToolEffects Reads { get; } = new() { ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false };
}

public sealed record ToolDescriptor
{
    /// <summary>verb_noun in snake_case.</summary>
    public required string Name { get; init; }

    public required string Description { get; init; }

    /// <summary>JSON Schema of the arguments object.</summary>
    public required JsonElement InputSchema { get; init; }

    public ToolEffects Effects { get; init; } = new();

    public required Permission Permission { get; init; }
}

/// <summary>Who asks, with what. Arguments is a JSON object that the catalogue has checked against the schema.</summary>
public sealed record ToolCall(Caller Caller, JsonElement Arguments);

public enum ToolStatus
{
    Success,
    NoData,
    Error,
    ApprovalRequired,
}

/// <summary>The outcome of a tool, with the exact invocation that made it.</summary>
public sealed record ToolResult
{
    public required ToolStatus Status { get; init; }

    /// <summary>The exact query or request, as a person could repeat it.</summary>
    public required string Invocation { get; init; }

    /// <summary>The result's data; its shape is in the tool's description. Null unless the status is success.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>Where a person can see the same.</summary>
    public string? Link { get; init; }

    /// <summary>For an error or no_data: why, in one line. For a shortened result: what was left out.</summary>
    public string? Message { get; init; }

    /// <summary>True when trying again may help (the source was down or slow).</summary>
    public bool Transient { get; init; }

    /// <summary>Name of the source that was asked; null when none was, or several.</summary>
    public string? Source { get; init; }

    /// <summary>For an error whose cause is known: what kind it is of.</summary>
    public ToolFault? Fault { get; init; }
}

/// <summary>Why a tool gave an error, for those who have to answer it with more than words.</summary>
/// <param name="Argument">The argument that is wrong, when one is.</param>
public sealed record ToolFault(ToolFaultKind Kind, string? Argument = null);

public enum ToolFaultKind
{
    /// <summary>An argument cannot be taken as it is.</summary>
    Argument,

    /// <summary>There is no source of that kind or name.</summary>
    NoSource,

    /// <summary>What the question is about is not there, or not for the caller to know of.</summary>
    NotFound,

    /// <summary>There is one, but it is not open to the caller.</summary>
    NotOpen,

    /// <summary>The source refused the query itself.</summary>
    Refused,

    /// <summary>The source did not work.</summary>
    Failed,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>We ourselves cannot answer now.</summary>
    Unavailable,
}

/// <summary>Something that the agent can do. Implementations throw only for faults; expected failures are results.</summary>
public interface ITool
{
    ToolDescriptor Descriptor { get; }

    /// <summary>False when what the tool needs is not configured; the catalogue leaves it out.</summary>
    bool Available => true;

    /// <summary>Whether a tenant has what the tool needs now; what plans ahead leaves it out otherwise.</summary>
    ValueTask<bool> IsAvailableForAsync(string tenant, CancellationToken cancellationToken) => new(true);

    Task<ToolResult> InvokeAsync(ToolCall call, CancellationToken cancellationToken);
}
