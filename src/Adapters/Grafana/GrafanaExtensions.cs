using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Adapters.Grafana;

public static class GrafanaExtensions
{
    /// <summary>
    /// An <see cref="IChangeSource"/> and an <see cref="IDashboardSource"/> for GRAFANA_URL; none when it is not set. Further keys: GRAFANA_TOKEN (of a service account), GRAFANA_NAME,
    /// _EXTERNAL_URL, _USERNAME, _PASSWORD, _HEADER, _TIMEOUT_SECONDS, _MAX_ANSWER_MB.
    /// </summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static IServiceCollection AddGrafana(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        if (SourceOptions.Read(configuration, "GRAFANA", "grafana") is { } options)
        {
            services.AddSourceHttpClient(configuration, GrafanaChangeSource.ClientName, OutboundTrust.Operator(options.Url));
            services.AddSingleton(new GrafanaOptions(options));
            services.AddSingleton<IChangeSource>(s => new GrafanaChangeSource(
                s.GetRequiredService<IHttpClientFactory>(), options.WatchedBy(s, DatasourceTypes.Grafana), s.GetRequiredService<TimeProvider>()));
            services.AddSingleton<IDashboardSource>(s => new GrafanaDashboardSource(
                s.GetRequiredService<IHttpClientFactory>(), options.WatchedBy(s, DatasourceTypes.Grafana), s.GetRequiredService<TimeProvider>()));
        }

        return services;
    }
}

/// <summary>The operator's Grafana, for sources that go through it.</summary>
internal sealed record GrafanaOptions(SourceOptions Options);
