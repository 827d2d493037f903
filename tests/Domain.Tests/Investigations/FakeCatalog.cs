using System.Collections.Concurrent;
using System.Text.Json;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Tests.Investigations;

/// <summary>A catalogue whose tools answer what a test says, and which remembers what it was asked.</summary>
internal sealed class FakeCatalog(Func<ToolRequest, ToolResult> answer, params string[] tools) : IToolCatalog
{
    public static readonly string[] Every =
    [
        "query_metrics", "query_metrics_range", "list_metrics", "get_alert_rule", "get_alert_history", "list_alerts", "get_silences", "find_changes", "find_similar_incidents", "query_logs",
    ];

    private static readonly JsonElement Schema = JsonSerializer.SerializeToElement(new { type = "object" });

    public ConcurrentQueue<ToolRequest> Asked { get; } = new();

    public IReadOnlyList<ToolDescriptor> Tools { get; } =
    [
        .. (tools.Length == 0 ? Every : tools).Select(n => new ToolDescriptor { Name = n, Description = n, InputSchema = Schema, Effects = ToolEffects.Reads, Permission = Permission.ReadMetrics }),
    ];

    public Task<ToolResult> InvokeAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        Asked.Enqueue(request);
        return Task.FromResult(answer(request));
    }

    public static ToolResult NoData(ToolRequest request) => new() { Status = ToolStatus.NoData, Invocation = request.Arguments, Message = "nothing matches" };

    public static ToolResult Down(ToolRequest request) => new() { Status = ToolStatus.Error, Invocation = request.Arguments, Message = "connection refused", Transient = true };

    public static ToolResult Data(ToolRequest request, object data) => new() { Status = ToolStatus.Success, Invocation = request.Arguments, Data = JsonSerializer.SerializeToElement(data), Link = "http://prometheus/graph" };

    public static ToolResult Data(ToolRequest request, string json) => new() { Status = ToolStatus.Success, Invocation = request.Arguments, Data = JsonDocument.Parse(json).RootElement.Clone() };
}

/// <summary>Passes everything on to a real catalogue but for what a test takes over.</summary>
internal sealed class InterferingCatalog(IToolCatalog inner, Func<ToolRequest, ToolResult?> interfere) : IToolCatalog
{
    public IReadOnlyList<ToolDescriptor> Tools => inner.Tools;

    public async Task<ToolResult> InvokeAsync(ToolRequest request, CancellationToken cancellationToken) =>
        interfere(request) ?? await inner.InvokeAsync(request, cancellationToken);
}
