using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Incidents;

/// <summary>
/// The one small document per tenant that serialises correlation: the incidents that a new alert may join, with their counts, and the episodes whose own
/// documents do not say yet what was decided for them. Whatever it holds is decided; incidents and episodes are drawn from it afterwards.
/// </summary>
public sealed record CorrelationWindow
{
    public const string Id = "window";

    public required string Tenant { get; init; }

    /// <summary>Grows with every write; also across a loss of the document, since it is never below the clock (Unix milliseconds).</summary>
    public long Revision { get; init; }

    public IReadOnlyList<WindowIncident> Incidents { get; init; } = [];

    /// <summary>By episode id.</summary>
    public IReadOnlyDictionary<string, PendingEpisode> Pending { get; init; } = new Dictionary<string, PendingEpisode>();

    public static DocumentType<CorrelationWindow> Type { get; } = new() { Name = "correlation_windows" };
}

/// <summary>What was decided for an episode and may not be written on it yet.</summary>
public sealed record PendingEpisode
{
    public required string IncidentId { get; init; }

    public required AlertStatus CountedAs { get; init; }

    public required string JoinedBecause { get; init; }

    public required long Revision { get; init; }
}

/// <summary>An incident as the window knows it: the authority on its counts while it is here, or has pending episodes.</summary>
public sealed record WindowIncident
{
    public required string Id { get; init; }

    /// <summary>Window revision at which it changed last.</summary>
    public long Revision { get; init; }

    public required string FirstEpisodeId { get; init; }

    public required string Title { get; init; }

    public required string Severity { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public int Episodes { get; init; }

    public int FiringEpisodes { get; init; }

    public int Reopened { get; init; }

    public required IReadOnlyDictionary<string, string> CommonLabels { get; init; }

    /// <summary>See <see cref="Incident.Targets"/>.</summary>
    public IReadOnlyList<AccessTarget>? Targets { get; init; }

    public string? SuppressedBecause { get; init; }

    public AnalysisDecision? Analysis { get; init; }

    /// <summary>At least one of its alerts was neither suppressed nor excluded by the rules.</summary>
    public bool WantsInvestigation { get; init; }

    /// <summary>What its latest alerts were about, newest last.</summary>
    public IReadOnlyList<AlertFacet> Facets { get; init; } = [];

    /// <summary>When it changed last, by our clock.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}
