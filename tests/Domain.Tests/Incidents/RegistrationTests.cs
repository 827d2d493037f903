using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tests.Alerts;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Incidents;

public sealed class RegistrationTests
{
    [Fact]
    public void AddAlertsAndIncidents_WithStores_ResolveEveryUseCase()
    {
        using var services = Services(_ => { }).BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        Assert.NotNull(services.GetRequiredService<IngestAlerts>());
        Assert.NotNull(services.GetRequiredService<ReconcileAlerts>());
        Assert.NotNull(services.GetRequiredService<CorrelateAlerts>());
        Assert.Same(AnalysisRules.Default, services.GetRequiredService<IAnalysisRules>().For("default"));
    }

    [Fact]
    public void AddIncidents_BadOptions_AreRefused()
    {
        using var services = Services(s => s.Configure<CorrelationOptions>(o => o.BatchSize = 0)).BuildServiceProvider();
        Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<CorrelationOptions>>().Value);
    }

    private static IServiceCollection Services(Action<IServiceCollection> configure)
    {
        var services = new ServiceCollection().AddAlerts().AddIncidents().AddSingleton<TimeProvider>(new Clock());
        Add(services, AlertEpisode.Type);
        Add(services, AlertStart.Type);
        Add(services, Finding.Type);
        Add(services, Incident.Type);
        Add(services, CorrelationWindow.Type);
        configure(services);
        return services;
    }

    private static void Add<T>(IServiceCollection services, DocumentType<T> type)
        where T : class => services.AddSingleton<IDocuments<T>>(new InMemoryDocuments<T>(type));
}
