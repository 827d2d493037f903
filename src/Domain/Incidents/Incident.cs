using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Incidents;

public enum IncidentStatus
{
    Open,
    Resolved,
}

/// <summary>Alerts that belong together, and the investigation that was made of them.</summary>
public sealed record Incident
{
    /// <summary>Derived from the first episode, so that a repeated correlation makes the same incident.</summary>
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required IncidentStatus Status { get; init; }

    /// <summary>One line for people: name and subject of the alert that opened it, or that reopened it last.</summary>
    public required string Title { get; init; }

    /// <summary>The highest severity label among its alerts: critical, error, warning, info or none.</summary>
    public required string Severity { get; init; }

    public required string FirstEpisodeId { get; init; }

    /// <summary>Start of the earliest episode.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public required int Episodes { get; init; }

    public required int FiringEpisodes { get; init; }

    /// <summary>Labels that all its alerts share, for listing and for finding similar ones.</summary>
    public required IReadOnlyDictionary<string, string> CommonLabels { get; init; }

    /// <summary>
    /// The applications, environments and sources of all its alerts, for deciding who may see it; null when there are more than
    /// <see cref="IncidentAccess.MaxTargets"/> or they are not known: then only those who may see everything.
    /// </summary>
    public IReadOnlyList<AccessTarget>? Targets { get; init; }

    /// <summary>Set when every alert was silenced or in maintenance: why nothing was investigated.</summary>
    public string? SuppressedBecause { get; init; }

    /// <summary>Which auto-analyse rule decided, and to what.</summary>
    public AnalysisDecision? Analysis { get; init; }

    /// <summary>Whether an investigation is wanted, claimed or concluded; a timer looks for those that stay wanted or claimed.</summary>
    public required InvestigationState InvestigationState { get; init; }

    /// <summary>Instance id of the investigation's orchestration; claimed by etag before it is started.</summary>
    public string? InvestigationId { get; init; }

    /// <summary>Revision of the correlation window that this is drawn from; an earlier one never overwrites it.</summary>
    public long Revision { get; init; }

    /// <summary>How often it was reopened by an alert that fired again.</summary>
    public int Reopened { get; init; }

    /// <summary>First line of the conclusion, for the list.</summary>
    public string? Conclusion { get; init; }

    public static DocumentType<Incident> Type { get; } = new()
    {
        Name = "incidents",
        Fields =
        [
            new("status", i => i.Status == IncidentStatus.Open ? "open" : "resolved"),
            new("startsAt", i => i.StartsAt),
            new("updatedAt", i => i.UpdatedAt),
            new("investigationState", i => StateName(i.InvestigationState)),
        ],
        Indexes = [["startsAt"], ["updatedAt"], ["status", "startsAt"], ["status", "updatedAt"], ["investigationState", "updatedAt"]],
    };

    /// <summary>The state as it is stored and filtered on.</summary>
    public static string StateName(InvestigationState state) => state switch
    {
        InvestigationState.NotWanted => "not_wanted",
        InvestigationState.Wanted => "wanted",
        InvestigationState.Claimed => "claimed",
        _ => "concluded",
    };
}

public enum InvestigationState
{
    /// <summary>No rule asks for one, or every alert is suppressed.</summary>
    NotWanted,

    Wanted,

    /// <summary>An investigation id is set; its orchestration is started, or will be by the reconciler.</summary>
    Claimed,

    Concluded,
}

/// <summary>What the auto-analyse rules decided for an incident.</summary>
public sealed record AnalysisDecision
{
    public required bool Investigate { get; init; }

    /// <summary>Name of the rule that decided.</summary>
    public required string Rule { get; init; }

    public required InvestigationDepth Depth { get; init; }

    /// <summary>Name of the model to use for the narrative, or null for the default.</summary>
    public string? Model { get; init; }
}

/// <summary>How much evidence is gathered: quick (the alert itself), standard (its service and host), deep (its dependencies, two rounds).</summary>
public enum InvestigationDepth
{
    Quick,
    Standard,
    Deep,
}
