using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Incidents;

namespace Nightwatch.Adapters.ConfigurationFiles;

/// <summary>Paths of the configuration files; null for one that is not used.</summary>
public sealed class ConfigurationFilesOptions
{
    internal const string RulesKey = "NIGHTWATCH_ANALYSIS_RULES";
    internal const string WindowsKey = "NIGHTWATCH_MAINTENANCE_WINDOWS";

    public string? AnalysisRules { get; set; }

    public string? MaintenanceWindows { get; set; }
}

/// <summary>Reads the files when the program starts: found out later, a mistake would keep every alert from its incident.</summary>
internal sealed class ConfigurationFilesValidator(IServiceProvider services) : IValidateOptions<ConfigurationFilesOptions>
{
    public ValidateOptionsResult Validate(string? name, ConfigurationFilesOptions options)
    {
        var wrong = new List<string>();
        Read(options.AnalysisRules, ConfigurationFilesOptions.RulesKey, () => services.GetRequiredService<IAnalysisRules>(), wrong);
        Read(options.MaintenanceWindows, ConfigurationFilesOptions.WindowsKey, () => services.GetRequiredService<IMaintenanceWindows>(), wrong);
        return wrong.Count > 0 ? ValidateOptionsResult.Fail(wrong) : ValidateOptionsResult.Success;
    }

    private static void Read(string? path, string setting, Func<object> open, List<string> wrong)
    {
        try
        {
            _ = path is null ? null : open();
        }
        catch (ConfigurationFileException mistake)
        {
            wrong.Add($"{setting} names a file that is not right: {mistake.Message}");
        }
    }
}
