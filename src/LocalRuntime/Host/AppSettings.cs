using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Nightwatch.LocalRuntime.Host;

/// <summary>The app's settings as the Functions runtime and its tools provide them.</summary>
internal static partial class AppSettings
{
    /// <summary>From weak to strong: appsettings.json, local.settings.json's Values, environment variables, the command line, the caller's own.</summary>
    public static void AddTo(ConfigurationManager configuration, LocalHostOptions options)
    {
        configuration.AddJsonFile(Path.Combine(options.BaseDirectory, "appsettings.json"), optional: true, reloadOnChange: false);
        configuration.AddInMemoryCollection(LocalSettings(options.BaseDirectory));
        configuration.AddEnvironmentVariables();
        configuration.AddCommandLine(options.Arguments);
        configuration.AddInMemoryCollection(options.Settings);
    }

    /// <summary>Replaces each %name% by the setting of that name.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing; the message names it and <paramref name="owner"/>.</exception>
    public static string Resolve(string text, IConfiguration configuration, string owner) =>
        Setting().Replace(text, match => configuration[match.Groups[1].Value]
            ?? throw new InvalidOperationException($"{owner}: the setting '{match.Groups[1].Value}' that '{text}' names is missing."));

    private static IEnumerable<KeyValuePair<string, string?>> LocalSettings(string baseDirectory)
    {
        var path = Path.Combine(baseDirectory, "local.settings.json");
        if (!File.Exists(path))
        {
            return [];
        }

        var file = new ConfigurationBuilder().AddJsonFile(path, optional: false, reloadOnChange: false).Build();
        // Environment variables write ':' as '__', and the tools hand these values over as environment variables.
        return [.. file.GetSection("Values").AsEnumerable(makePathsRelative: true).Where(pair => pair.Value is not null)
            .Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), pair.Value))];
    }

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Setting();
}
