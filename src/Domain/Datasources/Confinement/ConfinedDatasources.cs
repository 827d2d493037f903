using System.Runtime.CompilerServices;
using Nightwatch.Domain.Queries.Guard;

namespace Nightwatch.Domain.Datasources.Confinement;

/// <summary>
/// The sources of a tenant, each held to the labels that its policy forces. Whatever asks a source gets it from here, so that nothing that is built later can
/// forget them.
/// </summary>
public sealed class ConfinedDatasources(IDatasources inner, QueryPolicies policies, TimeProvider time) : IDatasources
{
    // One for each source as long as it lives: what is kept of a source hangs on it.
    private readonly ConditionalWeakTable<IDatasource, IMetricSource> metrics = [];
    private readonly ConditionalWeakTable<IDatasource, ILogSource> logs = [];
    private readonly ConditionalWeakTable<IDatasource, IQuerySource> others = [];

    public async ValueTask<IReadOnlyList<T>> ListAsync<T>(string tenant, CancellationToken cancellationToken)
        where T : class, IDatasource
    {
        var found = await inner.ListAsync<T>(tenant, cancellationToken).ConfigureAwait(false);
        return policies.For(tenant).ForcedLabels is { Count: > 0 } labels && IsConfined(typeof(T)) ? [.. found.Select(f => (T)Confine(typeof(T), f, labels))] : found;
    }

    public bool MayHave<T>()
        where T : class, IDatasource => inner.MayHave<T>();

    private static bool IsConfined(Type port) => port == typeof(IMetricSource) || port == typeof(ILogSource) || port == typeof(IQuerySource);

    private IDatasource Confine(Type port, IDatasource source, IReadOnlyDictionary<string, IReadOnlyList<string>> labels) =>
        port == typeof(IMetricSource) ? metrics.GetValue(source, s => new ConfinedMetricSource((IMetricSource)s, new SourceConfinement(labels), time))
        : port == typeof(ILogSource) ? logs.GetValue(source, s => new ConfinedLogSource((ILogSource)s, new SourceConfinement(labels)))
        : others.GetValue(source, s => new ConfinedQuerySource((IQuerySource)s));
}
