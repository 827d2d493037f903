using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Tools;

/// <summary>A wish to use a tool: by whom, with what, for how long at most.</summary>
public sealed record ToolRequest
{
    public required string Name { get; init; }

    /// <summary>A JSON object.</summary>
    public required string Arguments { get; init; }

    /// <summary>Who asks: the tool's own permission must be among the grants, and the tool shows nothing outside of their scopes and the tenant.</summary>
    public required Caller Caller { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// The one way to every tool. Unknown tools, refused permissions, arguments that the schema refuses, time-outs and faults come back as results with
/// status error; only cancellation by the caller throws.
/// </summary>
public interface IToolCatalog
{
    IReadOnlyList<ToolDescriptor> Tools { get; }

    Task<ToolResult> InvokeAsync(ToolRequest request, CancellationToken cancellationToken);
}
