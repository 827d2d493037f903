using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nightwatch.Adapters.Grafana;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Adapters.Loki;

public static class LokiExtensions
{
    /// <summary>
    /// One <see cref="ILogSource"/> for LOKI_URL and one for each LOKI_SOURCES:{name}; none when nothing is set. Further keys: LOKI_NAME,
    /// _EXTERNAL_URL, _TOKEN, _USERNAME, _PASSWORD, _HEADER, _TIMEOUT_SECONDS, _MAX_ANSWER_MB, LOKI_TENANT (X-Scope-OrgID), and for links to Grafana's
    /// Explore GRAFANA_URL (or GRAFANA_EXTERNAL_URL) with LOKI_DATASOURCE_UID (default loki).
    /// </summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static IServiceCollection AddLoki(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        var sources = SourceOptions.ReadAll(configuration, "LOKI", "loki");
        services.AddSourceHttpClient(configuration, LokiLogSource.ClientName, OutboundTrust.Operator(sources.Select(s => s.Url)));
        var explore = SourceOptions.Read(configuration, "GRAFANA", "grafana") is { } grafana
            ? new ExploreLink(grafana.ExternalUrl, DatasourceTypes.Loki, configuration["LOKI_DATASOURCE_UID"] is { Length: > 0 } uid ? uid : "loki")
            : null;
        foreach (var options in sources)
        {
            var own = WithTenant(options, configuration["LOKI_TENANT"]);
            services.AddSingleton<ILogSource>(
                s => new LokiLogSource(s.GetRequiredService<IHttpClientFactory>(), own.WatchedBy(s, DatasourceTypes.Loki), explore, s.GetRequiredService<TimeProvider>()));
        }

        return services;
    }

    private static SourceOptions WithTenant(SourceOptions options, string? tenant) =>
        string.IsNullOrWhiteSpace(tenant) || options.Header is not null ? options
        : tenant.Any(c => c is < '!' or > '~') ? throw SourceOptions.Wrong("LOKI_TENANT", "must be printable ASCII without blanks")
        : options with { Header = new("X-Scope-OrgID", tenant) };
}
