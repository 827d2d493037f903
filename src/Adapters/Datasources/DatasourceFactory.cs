using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Alertmanager;
using Nightwatch.Adapters.Grafana;
using Nightwatch.Adapters.Http;
using Nightwatch.Adapters.Loki;
using Nightwatch.Adapters.Prometheus;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;

namespace Nightwatch.Adapters.Datasources;

/// <summary>Makes sources out of stored datasources. All of them go out as what users chose, but for one that goes through the operator's own Grafana.</summary>
internal sealed class DatasourceFactory(IServiceProvider services, IHttpClientFactory clients, TimeProvider time) : IDatasourceFactory
{
    /// <summary>Stands for the address of one that has none since it cannot be asked.</summary>
    private static readonly Uri Nowhere = new("http://nowhere.invalid/");

    public LiveDatasource Create(OpenedDatasource datasource, IObserveSource? observer)
    {
        if (datasource.Settings.Through is { } through)
        {
            return CreateThrough(datasource, through, observer);
        }

        var transport = datasource.Problem is null ? CertificateTransport.For(services, datasource) : null;
        var options = OptionsOf(datasource, observer) with { Transport = transport };
        return new LiveDatasource(SourcesOf(datasource.Settings.Type, options), transport);
    }

    private IReadOnlyList<IDatasource> SourcesOf(string type, SourceOptions options) => type switch
    {
        DatasourceTypes.Prometheus => [new PrometheusMetricSource(clients, options, time)],
        DatasourceTypes.Loki => [new LokiLogSource(clients, options, null, time)],
        DatasourceTypes.Alertmanager => [new AlertmanagerAlertSource(clients, options, time)],
        DatasourceTypes.Grafana => [new GrafanaDashboardSource(clients, options, time), new GrafanaChangeSource(clients, options, time)],
        _ => throw new ArgumentException($"A source of type {type} cannot be asked directly.", nameof(type)),
    };

    private LiveDatasource CreateThrough(OpenedDatasource datasource, DatasourceThrough through, IObserveSource? observer)
    {
        var settings = datasource.Settings;
        var made = ConfiguredIds.Is(through.Datasource) ? ConfiguredGrafana(datasource.Tenant, through.Datasource) : null;
        var transport = datasource is { Problem: null, Through: { } stored } ? CertificateTransport.For(services, stored) : null;
        var grafana = made ?? (datasource.Through is { } opened ? OptionsOf(opened, observer) : null);
        var options = (grafana ?? new SourceOptions { Name = settings.Name, Url = Nowhere, ExternalUrl = Nowhere, ByUser = true }) with
        {
            Name = settings.Name,
            Tenant = datasource.Tenant,
            Setting = null,
            Observer = observer,
            Transport = transport,
            Timeout = TimeSpan.FromSeconds(settings.TimeoutSeconds),
            MaxAnswerBytes = settings.MaxAnswerMegabytes * 1024L * 1024,
            Problem = datasource.Problem ?? (grafana is null ? $"the Grafana that it goes through ({through.Datasource}) is not there" : null),
        };
        // Grafana hands the credentials that it has of the source to it; ours end at Grafana.
        var proxied = options with { Url = new Uri(options.Url, $"api/datasources/proxy/uid/{through.Uid}/") };
        var explore = new ExploreLink(options.ExternalUrl, settings.Type, through.Uid);
        IDatasource source = settings.Type switch
        {
            DatasourceTypes.Prometheus => new PrometheusMetricSource(clients, proxied, time, explore, GrafanaChangeSource.ClientName),
            DatasourceTypes.Loki => new LokiLogSource(clients, proxied, explore, time, GrafanaChangeSource.ClientName),
            _ => new GrafanaQuerySource(clients, options, settings.Type, through.Uid, time),
        };
        return new LiveDatasource([source], transport);
    }

    private SourceOptions? ConfiguredGrafana(string tenant, string id) => services.GetServices<GrafanaOptions>()
        .Select(g => g.Options)
        .FirstOrDefault(o => o.Tenant == tenant && ConfiguredIds.Of(DatasourceTypes.Grafana, o.Name) == id);

    private static SourceOptions OptionsOf(OpenedDatasource datasource, IObserveSource? observer)
    {
        var settings = datasource.Settings;
        var url = settings.Url ?? Nowhere;
        return new SourceOptions
        {
            ByUser = true,
            Name = settings.Name,
            Tenant = datasource.Tenant,
            Url = url,
            ExternalUrl = settings.ExternalUrl ?? url,
            Authorization = AuthorizationOf(datasource),
            Header = settings.Auth is { Kind: DatasourceAuthKind.Header, HeaderName: { } name } && Secret(datasource, DatasourceCredentials.HeaderValue) is { } value
                ? new(name, value)
                : null,
            Organisation = settings.OrgId is { } org ? new(settings.Type == DatasourceTypes.Grafana ? "X-Grafana-Org-Id" : "X-Scope-OrgID", org) : null,
            Timeout = TimeSpan.FromSeconds(settings.TimeoutSeconds),
            MaxAnswerBytes = settings.MaxAnswerMegabytes * 1024L * 1024,
            Observer = observer,
            Problem = datasource.Problem,
        };
    }

    private static AuthenticationHeaderValue? AuthorizationOf(OpenedDatasource datasource) => datasource.Settings.Auth switch
    {
        { Kind: DatasourceAuthKind.Bearer } when Secret(datasource, DatasourceCredentials.Token) is { } token => new("Bearer", token),
        { Kind: DatasourceAuthKind.Basic, Username: { } user } => new(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Secret(datasource, DatasourceCredentials.Password)}"))),
        _ => null,
    };

    private static string? Secret(OpenedDatasource datasource, string credential) => datasource.Credentials.GetValueOrDefault(credential)?.Reveal();
}
