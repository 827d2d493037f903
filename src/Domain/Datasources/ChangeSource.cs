namespace Nightwatch.Domain.Datasources;

/// <summary>Something that a person or a pipeline changed: a deployment, a restart, an annotation.</summary>
public sealed record ChangeEvent
{
    public required DateTimeOffset At { get; init; }

    /// <summary>deployment, restart, creation or annotation.</summary>
    public required string Kind { get; init; }

    public required string Summary { get; init; }

    /// <summary>Service, workload or instance it concerns, when the source says so.</summary>
    public string? Subject { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The exact query or request that showed it.</summary>
    public required string Invocation { get; init; }

    public string? Link { get; init; }
}

/// <summary>A place where changes are written down (Grafana annotations, ...). Throws <see cref="SourceException"/> for a failure of the source.</summary>
public interface IChangeSource : IDatasource
{
    Task<IReadOnlyList<ChangeEvent>> FindChangesAsync(TimeWindow window, CancellationToken cancellationToken);
}
