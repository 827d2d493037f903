namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>How long and how much of what sources answered is kept.</summary>
public sealed record QueryCacheOptions
{
    public const string SecondsKey = "QUERY_CACHE_SECONDS";
    public const string MetadataSecondsKey = "QUERY_CACHE_METADATA_SECONDS";
    public const string MegabytesKey = "QUERY_CACHE_MEGABYTES";

    public static QueryCacheOptions Default { get; } = new();

    /// <summary>For what ended more than <see cref="SettledAfter"/> ago; zero switches the whole cache off.</summary>
    public TimeSpan Past { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>For what touches the present, and so may change with the next scrape.</summary>
    public TimeSpan Present { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For names, types, labels, dashboards and rules.</summary>
    public TimeSpan Metadata { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Estimated bytes of all values of all tenants.</summary>
    public long MaxBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How long a value that is too old may still stand in for a source that is down.</summary>
    public TimeSpan StaleFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Late samples and lines arrive within this time; what is older does not change any more.</summary>
    public TimeSpan SettledAfter { get; init; } = TimeSpan.FromMinutes(5);

    public bool IsOn => Past > TimeSpan.Zero && MaxBytes > 0;

    /// <summary>Whether all of a window that ends then is settled.</summary>
    public bool IsSettled(DateTimeOffset end, DateTimeOffset now) => end < now - SettledAfter;
}
