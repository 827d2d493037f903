using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Datasources.Caching;
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
        MaxSeries = Number(configuration, QueryLimits.MaxSeriesKey, (int)QueryLimits.Default.MaxSeries, 0, int.MaxValue),
        MaxSamples = Number(configuration, QueryLimits.MaxSamplesKey, (int)QueryLimits.Default.MaxSamples, 1, int.MaxValue),
    };

    /// <summary>What the guard of queries refuses; the longest range is that of the limits.</summary>
    public static QueryPolicy ReadPolicy(IConfiguration configuration) => new()
    {
        MaxRange = Read(configuration).MaxRange,
        DeniedFunctions = Names(configuration, "QUERY_DENIED_FUNCTIONS"),
        LargeMetrics = Names(configuration, "QUERY_LARGE_METRICS"),
        LargeLabels = Names(configuration, "QUERY_LARGE_LABELS"),
        ForcedLabels = ForcedLabelsReader.Read(ForcedLabelsReader.Key, configuration[ForcedLabelsReader.Key]),
    };

    /// <summary>The policy of each tenant: the common one, and the labels that are forced for one alone (QUERY_FORCED_LABELS_FOR__tenant).</summary>
    public static QueryPolicies ReadPolicies(IConfiguration configuration) => new(ReadPolicy(configuration), ForcedLabelsReader.ReadForTenants(configuration));

    public static QueryCacheOptions ReadCache(IConfiguration configuration) => new()
    {
        Past = TimeSpan.FromSeconds(Number(configuration, QueryCacheOptions.SecondsKey, (int)QueryCacheOptions.Default.Past.TotalSeconds, 0, 86_400)),
        Metadata = TimeSpan.FromSeconds(Number(configuration, QueryCacheOptions.MetadataSecondsKey, (int)QueryCacheOptions.Default.Metadata.TotalSeconds, 1, 86_400)),
        MaxBytes = Number(configuration, QueryCacheOptions.MegabytesKey, (int)(QueryCacheOptions.Default.MaxBytes >> 20), 1, 16_384) * 1024L * 1024,
    };

    private static HashSet<string> Names(IConfiguration configuration, string key) =>
        [.. (configuration[key] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static int Number(IConfiguration configuration, string key, int fallback, int least, int most) =>
        configuration[key] is not { Length: > 0 } text ? fallback
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw new OptionsValidationException(key, typeof(QueryLimits), [$"{key} must be a whole number from {least} to {most}."]);
}
