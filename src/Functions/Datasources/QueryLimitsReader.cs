using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Queries.Guard;

namespace Nightwatch.Functions.Datasources;

/// <summary>The limits and the policy of queries as the settings say; a wrong one stops the start and names the key.</summary>
internal static class QueryLimitsReader
{
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    public static QueryLimits Read(IConfiguration configuration) => new()
    {
        MaxResults = Number(configuration, QueryLimits.MaxResultsKey, QueryLimits.Default.MaxResults, 1, 1_000_000),
        MaxRange = TimeSpan.FromHours(Number(configuration, QueryLimits.MaxRangeKey, (int)QueryLimits.Default.MaxRange.TotalHours, 1, 24 * 366)),
        Timeout = TimeSpan.FromSeconds(Number(configuration, QueryLimits.TimeoutKey, (int)QueryLimits.Default.Timeout.TotalSeconds, 1, 300)),
    };

    /// <summary>What the guard of queries refuses; the longest range is that of the limits.</summary>
    public static QueryPolicy ReadPolicy(IConfiguration configuration) => new()
    {
        MaxRange = Read(configuration).MaxRange,
        DeniedFunctions = Names(configuration, "QUERY_DENIED_FUNCTIONS"),
        LargeMetrics = Names(configuration, "QUERY_LARGE_METRICS"),
        LargeLabels = Names(configuration, "QUERY_LARGE_LABELS"),
    };

    private static HashSet<string> Names(IConfiguration configuration, string key) =>
        [.. (configuration[key] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static int Number(IConfiguration configuration, string key, int fallback, int least, int most) =>
        configuration[key] is not { Length: > 0 } text ? fallback
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw new OptionsValidationException(key, typeof(QueryLimits), [$"{key} must be a whole number from {least} to {most}."]);
}
