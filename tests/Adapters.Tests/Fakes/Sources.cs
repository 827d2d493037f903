using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Alertmanager;
using Nightwatch.Adapters.Grafana;
using Nightwatch.Adapters.Loki;
using Nightwatch.Adapters.OpenAi;
using Nightwatch.Adapters.Prometheus;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Queries.History;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Fakes;

/// <summary>The adapters as the product registers them, with the given settings.</summary>
internal static class Sources
{
    public static ServiceProvider Build(params (string Key, string? Value)[] settings) => Build(_ => { }, settings);

    /// <param name="more">Comes before what the product registers by itself, so that it stands.</param>
    public static ServiceProvider Build(Action<IServiceCollection> more, params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => s.Value)).Build();
        var services = new ServiceCollection();
        more(services);
        return services
            .AddLogging()
            .AddPrometheus(configuration)
            .AddAlertmanager(configuration)
            .AddLoki(configuration)
            .AddGrafana(configuration)
            .AddOpenAi(configuration)
            .AddSingleton<IDocuments<AlertEpisode>>(new InMemoryDocuments<AlertEpisode>(AlertEpisode.Type))
            .AddSingleton<IDocuments<Incident>>(new InMemoryDocuments<Incident>(Incident.Type))
            .AddSingleton<IDocuments<Investigation>>(new InMemoryDocuments<Investigation>(Investigation.Type))
            .AddSingleton<IAuditTrail>(new RecordedAudit())
            .AddSingleton<IDocuments<ApplicationProfile>>(new InMemoryDocuments<ApplicationProfile>(ApplicationProfile.Type))
            .AddTools()
            .AddApplications()
            .AddApplicationHistory()
            .BuildServiceProvider(validateScopes: true);
    }

    public static T Get<T>(params (string Key, string? Value)[] settings)
        where T : class => Build(settings).GetRequiredService<T>();
}
