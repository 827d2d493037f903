namespace Nightwatch.Domain.Queries.Guard;

/// <summary>What a query may ask of a data source. Both languages are held to it.</summary>
public sealed record QueryPolicy
{
    /// <summary>The longest time between a range query's start and end.</summary>
    public TimeSpan MaxRange { get; init; } = TimeSpan.FromHours(168);

    /// <summary>Points of each series in a range query; Prometheus refuses more than 11,000.</summary>
    public int MaxPoints { get; init; } = 11_000;

    /// <summary>The longest window of a range vector or subquery; windows within windows add up.</summary>
    public TimeSpan MaxWindow { get; init; } = TimeSpan.FromDays(31);

    /// <summary>How far from its time a query may reach: its range, with the windows, offsets and fixed times of its selectors.</summary>
    public TimeSpan MaxReach { get; init; } = TimeSpan.FromDays(730);

    /// <summary>How often the innermost expression may be evaluated: the query's points times those of the subqueries around it.</summary>
    public long MaxEvaluations { get; init; } = 2_000_000;

    /// <summary>The resolution of a subquery that gives none.</summary>
    public TimeSpan DefaultStep { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Labels that every selector must fix to one of the values given, such as the tenant or the namespace. No value at all means that nothing may be read.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ForcedLabels { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Whether the forced labels tell so small a part, such as one application, that a selector needs nothing beside them.</summary>
    public bool ForcedLabelsBound { get; init; }

    /// <summary>Metrics (or, for logs, streams' names) with so many series that a selector must fix at least one label of them.</summary>
    public IReadOnlySet<string> LargeMetrics { get; init; } = new HashSet<string>();

    /// <summary>Labels with so many values that no result may be grouped by them and no open regular expression may go over them.</summary>
    public IReadOnlySet<string> LargeLabels { get; init; } = new HashSet<string>();

    /// <summary>The only functions and aggregation operators that may be called; null for all.</summary>
    public IReadOnlySet<string>? AllowedFunctions { get; init; }

    public IReadOnlySet<string> DeniedFunctions { get; init; } = new HashSet<string>();

    /// <summary>States of a regular expression, see <see cref="Syntax.Re2Syntax.Cost"/>.</summary>
    public long MaxRegexCost { get; init; } = 2000;

    /// <summary>UTF-16 code units of the query as it would be sent.</summary>
    public int MaxQueryLength { get; init; } = 16_384;

    /// <summary>Levels of expressions within each other.</summary>
    public int MaxNesting { get; init; } = 50;

    public bool Permits(string function) => (AllowedFunctions is null || AllowedFunctions.Contains(function)) && !DeniedFunctions.Contains(function);
}
