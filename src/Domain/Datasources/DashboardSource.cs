namespace Nightwatch.Domain.Datasources;

/// <summary>A dashboard as a search finds it.</summary>
public sealed record DashboardSummary
{
    public required string Uid { get; init; }

    public required string Title { get; init; }

    /// <summary>Title of its folder; empty for the topmost one.</summary>
    public string Folder { get; init; } = "";

    public IReadOnlyList<string> Tags { get; init; } = [];

    public required Uri Link { get; init; }
}

/// <summary>A dashboard with its panels, rows opened.</summary>
public sealed record Dashboard(DashboardSummary Summary, int Version, IReadOnlyList<DashboardPanel> Panels)
{
    /// <summary>What is to be said beside it, such as that it is an old one.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A panel and what it asks. <see cref="DatasourceUid"/> is the dashboard system's own id; null where the dashboard's default holds.</summary>
public sealed record DashboardPanel(long Id, string Title, string Type, string? DatasourceUid, IReadOnlyList<string> Queries);

/// <summary>A source that the dashboard system itself knows, and that can be asked through it.</summary>
public sealed record UpstreamDatasource(string Uid, string Name, string Type, bool IsDefault);

/// <summary>A system that holds dashboards (Grafana). Every method throws <see cref="SourceException"/> for a failure of the source.</summary>
public interface IDashboardSource : IDatasource
{
    /// <param name="text">Part of a title; null finds all.</param>
    /// <param name="tag">Only those with this tag.</param>
    /// <param name="limit">1 to 5000.</param>
    Task<IReadOnlyList<DashboardSummary>> SearchAsync(string? text, string? tag, int limit, CancellationToken cancellationToken);

    /// <summary>Null when there is no such dashboard.</summary>
    Task<Dashboard?> GetAsync(string uid, CancellationToken cancellationToken);

    Task<IReadOnlyList<UpstreamDatasource>> ListUpstreamAsync(CancellationToken cancellationToken);
}
