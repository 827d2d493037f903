using Nightwatch.Domain.Governance.Secrets;

namespace Nightwatch.Domain.Datasources.Stored;

/// <summary>A stored datasource with what is needed to ask it.</summary>
public sealed record OpenedDatasource
{
    public required string Tenant { get; init; }

    public required Datasource Settings { get; init; }

    /// <summary>By <see cref="DatasourceCredentials"/>.</summary>
    public IReadOnlyDictionary<string, SecretText> Credentials { get; init; } = new Dictionary<string, SecretText>();

    /// <summary>Why it cannot be asked; every question then fails with this.</summary>
    public string? Problem { get; init; }

    /// <summary>The Grafana that it is asked through; null also when that Grafana is one of the operator's settings.</summary>
    public OpenedDatasource? Through { get; init; }
}

/// <summary>The sources (metrics, logs, alerts, changes, dashboards) that one datasource is, and the connections that are its alone.</summary>
public sealed class LiveDatasource(IReadOnlyList<IDatasource> sources, IDisposable? owned = null) : IDisposable
{
    public IReadOnlyList<IDatasource> Sources => sources;

    public IDescribedSource? Described => sources.OfType<IDescribedSource>().FirstOrDefault();

    /// <summary>Questions under way end as they would; later ones fail as if the source were away.</summary>
    public void Dispose() => owned?.Dispose();
}

/// <summary>Makes sources out of settings; it connects nowhere.</summary>
public interface IDatasourceFactory
{
    LiveDatasource Create(OpenedDatasource datasource, IObserveSource? observer);
}

/// <summary>Ids of the sources that the operator's settings make.</summary>
public static class ConfiguredIds
{
    private const string Prefix = "configured:";

    public static string Of(string type, string name) => $"{Prefix}{type}:{name}";

    public static bool Is(string id) => id.StartsWith(Prefix, StringComparison.Ordinal);
}
