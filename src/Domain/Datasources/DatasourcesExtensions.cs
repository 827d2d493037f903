using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nightwatch.Domain.Datasources.Caching;
using Nightwatch.Domain.Datasources.Confinement;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Domain.Governance.Secrets;
using Nightwatch.Domain.Queries.Guard;

namespace Nightwatch.Domain.Datasources;

public static class DatasourcesExtensions
{
    /// <summary>The sources of the operator's settings, as they are registered; may be called often.</summary>
    public static IServiceCollection AddConfiguredSources(this IServiceCollection services)
    {
        services.TryAddSingleton(s => new ConfiguredSources(
        [
            .. s.GetServices<IMetricSource>(),
            .. s.GetServices<ILogSource>(),
            .. s.GetServices<IAlertSource>(),
            .. s.GetServices<IChangeSource>(),
            .. s.GetServices<IDashboardSource>(),
            .. s.GetServices<IQuerySource>(),
        ]));
        services.TryAddSingleton<IDatasources>(s => s.GetRequiredService<ConfiguredSources>());
        return services;
    }

    /// <summary>
    /// Sources that people add at run time, beside the configured ones. Needs documents of <see cref="Datasource.StoredType"/> and
    /// <see cref="DatasourceHealth.StoredType"/>, an ISecretProtector and an <see cref="IDatasourceFactory"/>.
    /// </summary>
    public static IServiceCollection AddDatasources(this IServiceCollection services)
    {
        services.AddConfiguredSources();
        services.AddSingleton<OpenDatasource>();
        services.AddSingleton<DatasourceHealthLog>();
        services.AddSingleton<IObserveSources>(s => s.GetRequiredService<DatasourceHealthLog>());
        services.AddSingleton<DatasourceRegistry>();
        services.TryAddSingleton(new QueryPolicy());
        services.TryAddSingleton(s => new QueryPolicies(s.GetRequiredService<QueryPolicy>()));
        services.TryAddSingleton(QueryCacheOptions.Default);
        services.TryAddSingleton<QueryCache>();
        services.TryAddSingleton<FetchAhead>();
        services.Replace(ServiceDescriptor.Singleton<IDatasources>(s => new CachedDatasources(
            new ConfinedDatasources(s.GetRequiredService<DatasourceRegistry>(), s.GetRequiredService<QueryPolicies>(), s.GetRequiredService<TimeProvider>()),
            s.GetRequiredService<QueryCache>())));
        services.AddSingleton<CheckDatasource>();
        services.AddSingleton<ReadDatasources>();
        services.AddSingleton<ManageDatasources>();
        services.AddSingleton<RewrapSecrets<Datasource>>();
        return services;
    }
}
