using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.Catalogue;

namespace Nightwatch.Domain.Queries.Translation;

/// <summary>A name that people use for something of theirs, and the labels by which the sources know it: from an application profile.</summary>
/// <param name="Kind">application, service, component or environment.</param>
/// <param name="MetricMatchers">Label and value, for metrics.</param>
/// <param name="LogMatchers">Label and value, for logs.</param>
public sealed record KnownName(string Kind, string Name, IReadOnlyDictionary<string, string> MetricMatchers, IReadOnlyDictionary<string, string> LogMatchers)
{
    /// <summary>The share of requests that are to succeed, 0 to 1; null when none is set.</summary>
    public double? AvailabilityTarget { get; init; }

    /// <summary>The 95th percentile of response time that is to be kept, in seconds.</summary>
    public double? LatencyTargetSeconds { get; init; }
}

/// <summary>What a question is read against.</summary>
public sealed record TranslationContext
{
    public required DateTimeOffset Now { get; init; }

    /// <summary>The asker's.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    public MetricCatalogue Metrics { get; init; } = MetricCatalogue.Empty;

    public LogCatalogue Logs { get; init; } = LogCatalogue.Empty;

    public IReadOnlyList<KnownName> Names { get; init; } = [];

    /// <summary>The conversation's last understanding, for "and yesterday?".</summary>
    public Understanding? Previous { get; init; }

    /// <summary>The incident that is talked about, or the last one.</summary>
    public TimeWindow? Incident { get; init; }

    public DateTimeOffset? AlertFiredAt { get; init; }

    /// <summary>The window of rates, at least four scrapes long.</summary>
    public TimeSpan RateWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The share of requests that are to succeed where no profile says it.</summary>
    public double DefaultObjective { get; init; } = 0.999;
}
