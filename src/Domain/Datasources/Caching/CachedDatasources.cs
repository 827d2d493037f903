using System.Collections.Concurrent;

namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>
/// The sources of a tenant, each with the cache before it. Alerts, silences and changes are never cached: what fires is asked for now. A source that was changed
/// is another one, and begins with nothing.
/// </summary>
public sealed class CachedDatasources(IDatasources inner, QueryCache cache) : IDatasources
{
    private readonly ConcurrentDictionary<(string Tenant, Type Port), Wrapped> known = [];

    public async ValueTask<IReadOnlyList<T>> ListAsync<T>(string tenant, CancellationToken cancellationToken)
        where T : class, IDatasource
    {
        var found = await inner.ListAsync<T>(tenant, cancellationToken).ConfigureAwait(false);
        return cache.Options.IsOn && IsCached(typeof(T)) ? known.GetOrAdd((tenant, typeof(T)), static _ => new Wrapped()).Wrap(found, cache) : found;
    }

    public bool MayHave<T>()
        where T : class, IDatasource => inner.MayHave<T>();

    private static bool IsCached(Type port) =>
        port == typeof(IMetricSource) || port == typeof(ILogSource) || port == typeof(IDashboardSource) || port == typeof(IQuerySource);

    private static IDatasource Create(Type port, IDatasource source, CacheAccess access) =>
        port == typeof(IMetricSource) ? new CachedMetricSource((IMetricSource)source, access)
        : port == typeof(ILogSource) ? new CachedLogSource((ILogSource)source, access)
        : port == typeof(IDashboardSource) ? new CachedDashboardSource((IDashboardSource)source, access)
        : new CachedQuerySource((IQuerySource)source, access);

    /// <summary>What was last given out of one kind to one tenant.</summary>
    private sealed class Wrapped
    {
        private readonly Lock gate = new();
        private List<One> last = [];

        private sealed record One(IDatasource Inner, CachePartition Partition, IDatasource Outer);

        public IReadOnlyList<T> Wrap<T>(IReadOnlyList<T> found, QueryCache cache)
            where T : class, IDatasource
        {
            lock (gate)
            {
                List<One> now = [.. found.Select(f => last.Find(l => ReferenceEquals(l.Inner, f)) ?? Make(f, cache))];
                foreach (var gone in last.Where(l => !now.Contains(l)))
                {
                    cache.Drop(gone.Partition);
                }

                last = now;
                return [.. now.Select(n => (T)n.Outer)];
            }
        }

        private static One Make<T>(T source, QueryCache cache)
            where T : class, IDatasource
        {
            var partition = new CachePartition(source.Tenant, source.Name);
            return new One(source, partition, Create(typeof(T), source, new CacheAccess(cache, partition, CacheUse.Person)));
        }
    }
}
