using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Datasources.Stored;

namespace Nightwatch.Adapters.Datasources;

public static class DatasourceAdapterExtensions
{
    /// <summary>An <see cref="IDatasourceFactory"/> over the adapters of Prometheus, Loki, Alertmanager and Grafana.</summary>
    public static IServiceCollection AddDatasourceFactory(this IServiceCollection services, IConfiguration configuration) =>
        services.AddOutboundGuard(configuration).AddSingleton<IDatasourceFactory, DatasourceFactory>();
}
