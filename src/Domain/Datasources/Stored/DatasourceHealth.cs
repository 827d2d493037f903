using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Datasources.Stored;

public enum DatasourceState
{
    /// <summary>Never asked.</summary>
    Unknown,
    Healthy,
    Unhealthy,
}

/// <summary>What the last use of a source told of its state; kept for configured ones too.</summary>
public sealed record DatasourceHealth
{
    public static DatasourceHealth Unknown { get; } = new() { State = DatasourceState.Unknown };

    public required DatasourceState State { get; init; }

    /// <summary>The source's own, in one masked line; of an unhealthy one.</summary>
    public string? Message { get; init; }

    /// <summary>Of the last connection test.</summary>
    public double? LatencyMs { get; init; }

    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>The source's own version, when it tells one.</summary>
    public string? Version { get; init; }

    public DateTimeOffset? LastFailureAt { get; init; }

    public string? LastFailure { get; init; }

    public static DocumentType<DatasourceHealth> StoredType { get; } = new() { Name = "datasource_health" };
}
