using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Incidents;

namespace Nightwatch.Adapters.ConfigurationFiles;

public static class ConfigurationFilesExtensions
{
    /// <summary>
    /// Auto-analyse rules from NIGHTWATCH_ANALYSIS_RULES and maintenance windows from NIGHTWATCH_MAINTENANCE_WINDOWS, each the path of a YAML file. Without
    /// a path the default rules hold and there are no windows. A mistake in a file stops the start (<see cref="IStartupValidator"/>).
    /// </summary>
    public static IServiceCollection AddConfigurationFiles(this IServiceCollection services, IConfiguration configuration)
    {
        var options = services.AddOptions<ConfigurationFilesOptions>().ValidateOnStart();
        if (configuration[ConfigurationFilesOptions.RulesKey] is { Length: > 0 } rules)
        {
            options.Configure(o => o.AnalysisRules = rules);
            services.AddSingleton<IAnalysisRules>(s => new FileAnalysisRules(Open(s, rules, AnalysisRulesFile.Parse)));
        }

        if (configuration[ConfigurationFilesOptions.WindowsKey] is { Length: > 0 } windows)
        {
            options.Configure(o => o.MaintenanceWindows = windows);
            services.AddSingleton<IMaintenanceWindows>(s => new FileMaintenanceWindows(Open(s, windows, MaintenanceWindowsFile.Parse)));
        }

        return services.AddSingleton<IValidateOptions<ConfigurationFilesOptions>, ConfigurationFilesValidator>();
    }

    private static ReloadedFile<T> Open<T>(IServiceProvider services, string path, Func<string, Configured<T>> parse)
        where T : class
    {
        var file = new ReloadedFile<T>(path, parse, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<ReloadedFile<T>>>());
        _ = file.Current;
        return file;
    }

    private sealed class FileAnalysisRules(ReloadedFile<AnalysisRules> file) : IAnalysisRules
    {
        public AnalysisRules Current => file.Current;
    }

    private sealed class FileMaintenanceWindows(ReloadedFile<IReadOnlyList<MaintenanceWindow>> file) : IMaintenanceWindows
    {
        public IReadOnlyList<MaintenanceWindow> Current => file.Current;
    }
}
