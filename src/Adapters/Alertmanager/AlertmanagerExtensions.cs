using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Adapters.Alertmanager;

public static class AlertmanagerExtensions
{
    /// <summary>
    /// One <see cref="IAlertSource"/> for ALERTMANAGER_URL and one for each ALERTMANAGER_SOURCES:{name}; none when nothing is set. Further keys:
    /// ALERTMANAGER_NAME, _EXTERNAL_URL, _TOKEN, _USERNAME, _PASSWORD, _HEADER, _TIMEOUT_SECONDS, _MAX_ANSWER_MB.
    /// </summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static IServiceCollection AddAlertmanager(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        var sources = SourceOptions.ReadAll(configuration, "ALERTMANAGER", "alertmanager");
        services.AddSourceHttpClient(configuration, AlertmanagerAlertSource.ClientName, OutboundTrust.Operator(sources.Select(s => s.Url)));
        foreach (var options in sources)
        {
            services.AddSingleton<IAlertSource>(
                s => new AlertmanagerAlertSource(s.GetRequiredService<IHttpClientFactory>(), options.WatchedBy(s, DatasourceTypes.Alertmanager), s.GetRequiredService<TimeProvider>()));
        }

        return services;
    }
}
