using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Nightwatch.Domain.Incidents;

public static class IncidentsServiceCollectionExtensions
{
    /// <summary>
    /// Correlation and reading of incidents, on top of AddAlerts. Needs <c>IDocuments&lt;&gt;</c> of Incident and CorrelationWindow. Without an
    /// IAnalysisRules of the caller the default rules hold.
    /// </summary>
    public static IServiceCollection AddIncidents(this IServiceCollection services)
    {
        services.AddOptions<CorrelationOptions>()
            .Validate(
                o => o.Window > TimeSpan.Zero && o.CoolDown >= TimeSpan.Zero && o.FlappingWindow > TimeSpan.Zero
                    && o is { FlappingEpisodes: > 1, MaxIncidents: > 0, BatchSize: > 0 and <= 1000, MaxAttempts: > 0 },
                "CorrelationOptions: times and bounds must be above 0, FlappingEpisodes above 1, BatchSize 1 to 1000.")
            .ValidateOnStart();
        services.TryAddSingleton<IAnalysisRules>(_ => new FixedAnalysisRules(AnalysisRules.Default));
        services.AddSingleton<CorrelateAlerts>();
        services.AddSingleton<ListIncidents>();
        services.AddSingleton<ReadIncident>();
        return services;
    }
}
