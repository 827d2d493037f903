using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Nightwatch.Functions.Limits;

/// <summary>Reads NIGHTWATCH_LIMITS_{name}, and NIGHTWATCH_LIMITS_{name}_FOR:{tenant} (in the environment _FOR__) for one tenant.</summary>
internal sealed class LimitsSettings(IConfiguration configuration)
{
    private const string Prefix = "NIGHTWATCH_LIMITS_";
    private const string ForTenant = "_FOR";

    /// <summary>The tenants that have a setting of their own.</summary>
    public IEnumerable<string> Tenants => configuration.GetChildren()
        .Where(section => section.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && section.Key.EndsWith(ForTenant, StringComparison.OrdinalIgnoreCase))
        .SelectMany(section => section.GetChildren().Select(child => child.Key))
        .Distinct(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The setting is no number, or out of its range.</exception>
    public int Number(string name, string? tenant, int otherwise, int least = 0, int most = 10_000_000) =>
        configuration[KeyOf(name, tenant)] is not { Length: > 0 } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw LimitsOptions.Wrong($"{KeyOf(name, tenant)} must be a whole number, {least} to {most}{(least == 0 ? "; 0 switches the limit off" : "")}.");

    /// <summary>Null when not set.</summary>
    public IReadOnlyDictionary<string, int>? Routes(string? tenant)
    {
        if (configuration[KeyOf("ROUTES", tenant)] is not { Length: > 0 } text)
        {
            return null;
        }

        var routes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            if (pair.Length != 2 || pair[0].Length == 0 || !int.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 10_000_000)
            {
                throw LimitsOptions.Wrong($"{KeyOf("ROUTES", tenant)} must be such as ListIncidents=30,ReadInvestigation=60: names of functions and requests a minute.");
            }

            routes[pair[0]] = number;
        }

        return routes;
    }

    private static string KeyOf(string name, string? tenant) => tenant is null ? Prefix + name : $"{Prefix}{name}{ForTenant}:{tenant}";
}
