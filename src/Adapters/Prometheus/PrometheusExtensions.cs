using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Adapters.Prometheus;

public static class PrometheusExtensions
{
    /// <summary>
    /// One <see cref="IMetricSource"/> for PROMETHEUS_URL (the default one) and one for each PROMETHEUS_SOURCES:{name}; none when nothing is set.
    /// Further keys: PROMETHEUS_NAME, _EXTERNAL_URL, _TOKEN, _USERNAME, _PASSWORD, _HEADER, _TIMEOUT_SECONDS, _MAX_ANSWER_MB.
    /// </summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static IServiceCollection AddPrometheus(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        var sources = SourceOptions.ReadAll(configuration, "PROMETHEUS", "prometheus");
        services.AddSourceHttpClient(configuration, PrometheusMetricSource.ClientName, OutboundTrust.Operator(sources.Select(s => s.Url)));
        foreach (var options in sources)
        {
            services.AddSingleton<IMetricSource>(
                s => new PrometheusMetricSource(s.GetRequiredService<IHttpClientFactory>(), options.WatchedBy(s, DatasourceTypes.Prometheus), s.GetRequiredService<TimeProvider>()));
        }

        return services;
    }
}
