using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Alerts;

public static class AlertsServiceCollectionExtensions
{
    /// <summary>
    /// The intake, reconciliation and lists of alerts. Needs <c>IDocuments&lt;&gt;</c> of AlertEpisode, AlertStart and Finding, a TimeProvider, and any
    /// number of IAlertSource. Without an IMaintenanceWindows of the caller there are none.
    /// </summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services)
    {
        services.AddOptions<IntakeOptions>()
            .Validate(o => o is { MaxBodyBytes: > 0, MaxAlerts: > 0, MaxLabels: > 0, MaxAttempts: > 0 }, "IntakeOptions: every bound must be above 0.")
            .ValidateOnStart();
        services.AddOptions<SuppressionOptions>()
            .Validate(o => o.CacheFor >= TimeSpan.Zero && o.Timeout > TimeSpan.Zero, "SuppressionOptions: CacheFor and Timeout must be above 0.")
            .ValidateOnStart();
        services.AddOptions<ReconcileOptions>()
            .Validate(
                o => o.Grace >= TimeSpan.Zero && o.ExpireUnpolledAfter is null or { Ticks: > 0 } && o is { MaxOpenEpisodes: > 0, MaxSourceAlerts: > 0 },
                "ReconcileOptions: Grace and every bound must be above 0.")
            .ValidateOnStart();
        services.AddConfiguredSources();
        services.TryAddSingleton<IMaintenanceWindows, NoMaintenanceWindows>();
        services.AddSingleton<CurrentSuppressions>();
        services.AddSingleton<RaiseFinding>();
        services.AddSingleton<IngestAlerts>();
        services.AddSingleton<ReconcileAlerts>();
        services.AddSingleton<FindUnqueuedEpisodes>();
        services.AddSingleton<SetAsideEpisodes>();
        services.AddSingleton<ListEpisodes>();
        services.AddSingleton<ListFindings>();
        return services;
    }
}
