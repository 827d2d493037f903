using Nightwatch.Domain.Governance;

namespace Nightwatch.Domain.Tools;

/// <summary>A wish to use a tool: by whom, with what, for how long at most.</summary>
public sealed record ToolRequest
{
    public required string Name { get; init; }

    public required string Tenant { get; init; }

    /// <summary>A JSON object.</summary>
    public required string Arguments { get; init; }

    /// <summary>What the asker may do; the tool's own permission must be among them.</summary>
    public required IReadOnlySet<Permission> Granted { get; init; }

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
