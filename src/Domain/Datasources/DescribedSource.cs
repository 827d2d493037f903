namespace Nightwatch.Domain.Datasources;

/// <summary>What people may know of a source: no credential is part of it.</summary>
/// <param name="Type">prometheus, loki, grafana, alertmanager, ...</param>
/// <param name="Setting">The operator's setting that made it; null for one that was added at run time.</param>
public sealed record SourceDescription(string Type, Uri Url, Uri ExternalUrl, string? Setting = null);

/// <summary>A source that can be listed and tested.</summary>
public interface IDescribedSource : IDatasource
{
    SourceDescription Description { get; }

    /// <summary>Asks the least that needs address and credentials to be right.</summary>
    /// <returns>The source's own version; null when it does not tell.</returns>
    /// <exception cref="SourceException">It does not work.</exception>
    Task<string?> CheckAsync(CancellationToken cancellationToken);
}

/// <summary>Told of every use of a source, so that its state follows from use. It throws nothing.</summary>
public interface IObserveSource
{
    /// <param name="failure">Null when the source answered.</param>
    ValueTask UsedAsync(SourceException? failure);
}

/// <summary>Gives each source, by tenant and id, the one who watches it.</summary>
public interface IObserveSources
{
    IObserveSource For(string tenant, string id);
}
