using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Queries.History;

/// <summary>A query that was asked for a window, and what came of it: series, or the reason why there are none.</summary>
internal sealed record AskedSeries
{
    /// <summary>As it was sent, with the labels that were forced into it.</summary>
    public required string Query { get; init; }

    public string? Link { get; init; }

    public IReadOnlyList<MetricSeries> Series { get; init; } = [];

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Null when it was answered.</summary>
    public string? Error { get; init; }

    public ToolFaultKind? Fault { get; init; }

    public bool Failed => Error is not null;

    public static AskedSeries Refused(string query, string error) => new() { Query = query, Error = error, Fault = ToolFaultKind.Argument };
}
