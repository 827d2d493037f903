using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

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
        ]));
        services.TryAddSingleton<IDatasources>(s => s.GetRequiredService<ConfiguredSources>());
        return services;
    }
}
