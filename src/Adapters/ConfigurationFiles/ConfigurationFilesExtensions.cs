using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Configuration;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Masking;
using Nightwatch.Domain.Incidents;

namespace Nightwatch.Adapters.ConfigurationFiles;

public static class ConfigurationFilesExtensions
{
    /// <summary>
    /// Auto-analyse rules from NIGHTWATCH_ANALYSIS_RULES, maintenance windows from NIGHTWATCH_MAINTENANCE_WINDOWS (each also with _FOR:{tenant}) and the
    /// access policy from NIGHTWATCH_ACCESS_POLICY and the masking policy from NIGHTWATCH_MASKING, each the path of a YAML file. Without a path the defaults hold: the default rules, no windows, one
    /// tenant to which nobody is assigned. A mistake in a file stops the start (<see cref="IStartupValidator"/>).
    /// </summary>
    public static IServiceCollection AddConfigurationFiles(this IServiceCollection services, IConfiguration configuration)
    {
        var rules = FilesByTenant.Read(configuration, ConfigurationFilesOptions.RulesKey);
        var windows = FilesByTenant.Read(configuration, ConfigurationFilesOptions.WindowsKey);
        var access = configuration[ConfigurationFilesOptions.AccessKey] is { Length: > 0 } path ? path : null;
        var masking = configuration[ConfigurationFilesOptions.MaskingKey] is { Length: > 0 } file ? file : null;
        services.AddOptions<ConfigurationFilesOptions>()
            .Configure(o => (o.AnalysisRules, o.MaintenanceWindows, o.AccessPolicy, o.Masking) = (rules, windows, access, masking))
            .ValidateOnStart();
        if (!rules.IsEmpty)
        {
            services.AddSingleton<IAnalysisRules>(s => new FileAnalysisRules(Open(s, rules, AnalysisRulesFile.Parse, AnalysisRules.Default)));
        }

        if (!windows.IsEmpty)
        {
            services.AddSingleton<IMaintenanceWindows>(s => new FileMaintenanceWindows(Open(s, windows, MaintenanceWindowsFile.Parse, [])));
        }

        if (masking is not null)
        {
            // Read once: what was masked under one policy must not be compared with what is under another.
            services.AddSingleton(s => Open(s, masking, MaskingPolicyFile.Parse).Current);
        }

        services.AddSingleton<IAccessPolicy>(s =>
            access is null ? new FixedAccessPolicy(AccessPolicy.Default) : new FileAccessPolicy(Open(s, access, AccessPolicyFile.Parse)));
        services.AddSingleton<FileChanges>();
        return services.AddSingleton<IValidateOptions<ConfigurationFilesOptions>, ConfigurationFilesValidator>();
    }

    private static TenantFiles<T> Open<T>(IServiceProvider services, FilesByTenant files, Func<string, Configured<T>> parse, T fallback)
        where T : class => new(
            files.Shared is null ? null : Open(services, files.Shared, parse),
            files.Own.ToDictionary(f => f.Key, f => Open(services, f.Value, parse), StringComparer.Ordinal),
            fallback);

    private static ReloadedFile<T> Open<T>(IServiceProvider services, string path, Func<string, Configured<T>> parse)
        where T : class
    {
        var file = new ReloadedFile<T>(
            path,
            parse,
            services.GetRequiredService<FileChanges>().Record,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<ReloadedFile<T>>>());
        _ = file.Current;
        return file;
    }

    private sealed class TenantFiles<T>(ReloadedFile<T>? shared, Dictionary<string, ReloadedFile<T>> own, T fallback)
        where T : class
    {
        public T For(string tenant) => (own.GetValueOrDefault(tenant) ?? shared)?.Current ?? fallback;
    }

    private sealed class FileAnalysisRules(TenantFiles<AnalysisRules> files) : IAnalysisRules
    {
        public AnalysisRules For(string tenant) => files.For(tenant);
    }

    private sealed class FileMaintenanceWindows(TenantFiles<IReadOnlyList<MaintenanceWindow>> files) : IMaintenanceWindows
    {
        public IReadOnlyList<MaintenanceWindow> For(string tenant) => files.For(tenant);
    }

    private sealed class FileAccessPolicy(ReloadedFile<AccessPolicy> file) : IAccessPolicy
    {
        public AccessPolicy Current => file.Current;
    }
}
