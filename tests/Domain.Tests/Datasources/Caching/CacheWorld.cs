using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Caching;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Datasources.Caching;

/// <summary>A cache over sources of the test, at noon.</summary>
internal sealed class CacheWorld
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public CacheWorld(QueryCacheOptions? options = null, params IDatasource[] sources)
    {
        Cache = new QueryCache(options ?? QueryCacheOptions.Default, Time);
        Sources = new ListedSources([.. sources]);
        Datasources = new CachedDatasources(Sources, Cache);
    }

    public ManualTime Time { get; } = new(Noon);

    public QueryCache Cache { get; }

    public ListedSources Sources { get; }

    public CachedDatasources Datasources { get; }

    public static TimeWindow Past { get; } = new(Noon.AddHours(-3), Noon.AddHours(-2));

    public static TimeWindow Recent { get; } = new(Noon.AddHours(-1), Noon);

    public async Task<T> FirstAsync<T>(string tenant = "acme")
        where T : class, IDatasource => (await Datasources.ListAsync<T>(tenant, TestContext.Current.CancellationToken))[0];

    /// <summary>Sources that the test may change.</summary>
    internal sealed class ListedSources(List<IDatasource> sources) : IDatasources
    {
        public List<IDatasource> All => sources;

        public ValueTask<IReadOnlyList<T>> ListAsync<T>(string tenant, CancellationToken cancellationToken)
            where T : class, IDatasource => new([.. sources.OfType<T>().Where(s => s.Tenant == tenant)]);

        public bool MayHave<T>()
            where T : class, IDatasource => true;
    }
}
