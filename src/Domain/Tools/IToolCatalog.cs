using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Tools;

/// <summary>On whose decision a tool is used.</summary>
public enum ToolDecision
{
    /// <summary>A language model wished it: what it read may have wished it for somebody else. The default, so that nobody gets more by forgetting to say.</summary>
    Model,

    /// <summary>Rules of ours.</summary>
    Rules,

    /// <summary>The caller themselves asked for this very invocation.</summary>
    Person,
}

/// <summary>A wish to use a tool: by whom, with what, for how long at most.</summary>
public sealed record ToolRequest
{
    public required string Name { get; init; }

    /// <summary>A JSON object.</summary>
    public required string Arguments { get; init; }

    /// <summary>Who asks: the tool's own permission must be among the grants, and the tool shows nothing outside of their scopes and the tenant.</summary>
    public required Caller Caller { get; init; }

    /// <summary>A tool that changes anything runs only on a person's own decision; for others the result is approval_required.</summary>
    public ToolDecision DecidedBy { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes that the result's data may have; what goes to a model or is stored stays under the default.</summary>
    public int MaxDataBytes { get; init; } = ToolLimits.MaxDataBytes;
}

/// <summary>
/// The one way to every tool. Unknown tools, refused permissions, arguments that the schema refuses, time-outs and faults come back as results with
/// status error; only cancellation by the caller throws.
/// </summary>
public interface IToolCatalog
{
    IReadOnlyList<ToolDescriptor> Tools { get; }

    /// <summary>The tools that are of use to a tenant now: it has the sources that they ask.</summary>
    ValueTask<IReadOnlyList<ToolDescriptor>> ToolsForAsync(string tenant, CancellationToken cancellationToken) => new(Tools);

    Task<ToolResult> InvokeAsync(ToolRequest request, CancellationToken cancellationToken);
}
