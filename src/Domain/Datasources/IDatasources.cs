namespace Nightwatch.Domain.Datasources;

/// <summary>
/// Every source of a tenant: what the operator's settings name, in their order, and then what people added at run time, by name. Sources of other tenants are
/// never among them.
/// </summary>
public interface IDatasources
{
    /// <summary>Sources of one kind (<see cref="IMetricSource"/>, <see cref="ILogSource"/>, ...). Ask again for every question: the list changes while we run.</summary>
    ValueTask<IReadOnlyList<T>> ListAsync<T>(string tenant, CancellationToken cancellationToken)
        where T : class, IDatasource;

    /// <summary>Whether there can ever be one; false lets what needs it be left out.</summary>
    bool MayHave<T>()
        where T : class, IDatasource;
}

/// <summary>What the operator's settings name; it does not change while the process runs.</summary>
public sealed class ConfiguredSources(IEnumerable<IDatasource> sources) : IDatasources
{
    private readonly List<IDatasource> sources = [.. sources.Distinct(ReferenceEqualityComparer.Instance).Cast<IDatasource>()];

    public IReadOnlyList<T> List<T>(string tenant)
        where T : class, IDatasource => [.. sources.OfType<T>().Where(s => s.Tenant == tenant)];

    public ValueTask<IReadOnlyList<T>> ListAsync<T>(string tenant, CancellationToken cancellationToken)
        where T : class, IDatasource => new(List<T>(tenant));

    public bool MayHave<T>()
        where T : class, IDatasource => sources.OfType<T>().Any();
}
