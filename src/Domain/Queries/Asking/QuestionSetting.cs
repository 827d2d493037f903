using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries.Translation;

namespace Nightwatch.Domain.Queries.Asking;

/// <summary>Everything that a question is read against: whose it is, the sources that it may ask, and what they expose.</summary>
internal sealed record QuestionSetting
{
    public required Caller Caller { get; init; }

    public required string Question { get; init; }

    public required TimeZoneInfo Zone { get; init; }

    public required TranslationContext Context { get; init; }

    public IMetricSource? Metrics { get; init; }

    public ILogSource? Logs { get; init; }

    /// <summary>Changes when what the sources expose, or the names that the caller sees, change.</summary>
    public required string Version { get; init; }

    /// <summary>The incident that is talked about, when there is one.</summary>
    public string? Incident { get; init; }

    /// <summary>A source is down, or there is none: said with every answer.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What is not known of the sources: said where there is no query, since that may be why.</summary>
    public IReadOnlyList<string> Gaps { get; init; } = [];

    public QuerySources Sources => new(Metrics?.Name, Logs?.Name);
}
