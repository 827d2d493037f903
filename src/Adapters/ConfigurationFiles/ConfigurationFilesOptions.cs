using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Masking;
using Nightwatch.Domain.Incidents;

namespace Nightwatch.Adapters.ConfigurationFiles;

/// <summary>Paths of the configuration files that are used, by the setting that names each.</summary>
public sealed class ConfigurationFilesOptions
{
    internal const string RulesKey = "NIGHTWATCH_ANALYSIS_RULES";
    internal const string WindowsKey = "NIGHTWATCH_MAINTENANCE_WINDOWS";
    internal const string AccessKey = "NIGHTWATCH_ACCESS_POLICY";
    internal const string MaskingKey = "NIGHTWATCH_MASKING";

    public FilesByTenant AnalysisRules { get; set; } = FilesByTenant.None;

    public FilesByTenant MaintenanceWindows { get; set; } = FilesByTenant.None;

    public string? AccessPolicy { get; set; }

    public string? Masking { get; set; }
}

/// <summary>One file for all tenants (key), and files of single tenants (key_FOR:tenant), which hold instead of it.</summary>
public sealed record FilesByTenant(string? Shared, IReadOnlyDictionary<string, string> Own)
{
    public static FilesByTenant None { get; } = new(null, new Dictionary<string, string>());

    public bool IsEmpty => Shared is null && Own.Count == 0;

    internal static FilesByTenant Read(IConfiguration configuration, string key) => new(
        configuration[key] is { Length: > 0 } path ? path : null,
        configuration.GetSection(key + "_FOR").GetChildren().Where(c => !string.IsNullOrEmpty(c.Value)).ToDictionary(c => c.Key, c => c.Value!, StringComparer.Ordinal));
}

/// <summary>Reads the files when the program starts: found out later, a mistake would keep every alert from its incident.</summary>
internal sealed class ConfigurationFilesValidator(IServiceProvider services) : IValidateOptions<ConfigurationFilesOptions>
{
    public ValidateOptionsResult Validate(string? name, ConfigurationFilesOptions options)
    {
        var wrong = new List<string>();
        Read(options.AccessPolicy is not null, ConfigurationFilesOptions.AccessKey, () => services.GetRequiredService<IAccessPolicy>(), wrong);
        Read(options.Masking is not null, ConfigurationFilesOptions.MaskingKey, () => services.GetRequiredService<MaskingPolicy>(), wrong);
        Read(!options.AnalysisRules.IsEmpty, ConfigurationFilesOptions.RulesKey, () => services.GetRequiredService<IAnalysisRules>(), wrong);
        Read(!options.MaintenanceWindows.IsEmpty, ConfigurationFilesOptions.WindowsKey, () => services.GetRequiredService<IMaintenanceWindows>(), wrong);
        return wrong.Count > 0 ? ValidateOptionsResult.Fail(wrong) : ValidateOptionsResult.Success;
    }

    private static void Read(bool isUsed, string setting, Func<object> open, List<string> wrong)
    {
        try
        {
            _ = isUsed ? open() : null;
        }
        catch (ConfigurationFileException mistake)
        {
            wrong.Add($"{setting} names a file that is not right: {mistake.Message}");
        }
    }
}
