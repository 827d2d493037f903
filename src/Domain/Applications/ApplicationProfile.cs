using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Applications;

/// <summary>
/// What people know of an application: what it is made of, where its metrics and logs are, what is promised of it, and who owns it. It grants nothing: whoever
/// runs one of its queries, or uses its labels, does so with the rights of the one who asks.
/// </summary>
public sealed record ApplicationProfile
{
    /// <summary>Set by the store's user, never by the one who writes; the partition.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>1 to 63 lower-case letters, digits and inner dashes, dots or underscores. Scopes of access list applications by it.</summary>
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>Free text of several lines: how it is built, what to know when it breaks.</summary>
    public string Architecture { get; init; } = "";

    public IReadOnlyList<ApplicationEnvironment> Environments { get; init; } = [];

    public IReadOnlyList<ApplicationOwner> Owners { get; init; } = [];

    public IReadOnlyList<ApplicationComponent> Components { get; init; } = [];

    /// <summary>Holds for every component, whose own labels come on top.</summary>
    public SourceMapping Metrics { get; init; } = SourceMapping.None;

    public SourceMapping Logs { get; init; } = SourceMapping.None;

    public IReadOnlyList<DefaultMetric> DefaultMetrics { get; init; } = [];

    public IReadOnlyList<ServiceLevelObjective> Slos { get; init; } = [];

    /// <summary>1 when created, one more with every change. Like all below, the server sets it; what a request says of it is not looked at.</summary>
    public long Version { get; init; }

    public string? CreatedBy { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public string? UpdatedBy { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public static DocumentType<ApplicationProfile> Type { get; } = new() { Name = "applications" };
}

/// <param name="Labels">What its series and logs carry, such as namespace: shop-production.</param>
public sealed record ApplicationEnvironment(string Name, IReadOnlyDictionary<string, string> Labels)
{
    public ApplicationEnvironment()
        : this("", SourceMapping.NoLabels)
    {
    }
}

/// <param name="Contact">How to reach them: an address, a channel, a telephone number.</param>
public sealed record ApplicationOwner(string Name, string? Contact)
{
    public ApplicationOwner()
        : this("", null)
    {
    }
}

public enum ComponentKind
{
    Service,
    Frontend,
    Database,
    Queue,
    Cache,
    Job,

    /// <summary>Somebody else's: it is depended on, not looked after.</summary>
    External,
}

public sealed record ApplicationComponent
{
    public string Name { get; init; } = "";

    public ComponentKind Kind { get; init; }

    /// <summary>Names of components of the same profile. Circles are allowed: services do call each other.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    public SourceMapping Metrics { get; init; } = SourceMapping.None;

    public SourceMapping Logs { get; init; } = SourceMapping.None;
}

/// <summary>Where series or logs are found: all labels must be equal.</summary>
/// <param name="Datasource">Name of a source; null for the application's, and then for the tenant's default.</param>
public sealed record SourceMapping(string? Datasource, IReadOnlyDictionary<string, string> Labels)
{
    public SourceMapping()
        : this(null, NoLabels)
    {
    }

    public static IReadOnlyDictionary<string, string> NoLabels { get; } = new Dictionary<string, string>();

    public static SourceMapping None { get; } = new();
}

/// <summary>A query that is asked first when somebody wants to see the application.</summary>
/// <param name="Query">PromQL.</param>
public sealed record DefaultMetric(string Name, string Query, string Unit, string Description)
{
    public DefaultMetric()
        : this("", "", "", "")
    {
    }
}

public enum SloKind
{
    /// <summary>At least the objective's percent of requests succeed.</summary>
    Availability,

    /// <summary>At most the objective's percent of requests fail.</summary>
    ErrorRate,

    /// <summary>In at least the objective's percent of minutes, 95 % of requests take at most the threshold.</summary>
    LatencyP95,
}

public sealed record ServiceLevelObjective
{
    public string Name { get; init; } = "";

    public SloKind Kind { get; init; }

    /// <summary>Percent, above 0 and below 100.</summary>
    public double Objective { get; init; }

    /// <summary>Of a latency objective only.</summary>
    public double? ThresholdSeconds { get; init; }

    /// <summary>1 to 90.</summary>
    public int WindowDays { get; init; } = 30;

    /// <summary>The component that it is about; null for the application as a whole.</summary>
    public string? Component { get; init; }

    /// <summary>PromQL: good requests per second. Together with <see cref="Total"/>, and not for latency.</summary>
    public string? Good { get; init; }

    /// <summary>PromQL: all requests per second.</summary>
    public string? Total { get; init; }

    /// <summary>PromQL: the 95th percentile in seconds. For latency only.</summary>
    public string? Query { get; init; }
}
