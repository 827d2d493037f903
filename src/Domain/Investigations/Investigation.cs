using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Investigations;

public enum InvestigationStatus
{
    Claimed,
    Gathering,
    Concluded,
}

/// <summary>An investigation of one incident: what was asked, what came back (see <see cref="Evidence"/>), and what was concluded.</summary>
public sealed record Investigation
{
    /// <summary>Also the instance id of its orchestration.</summary>
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string IncidentId { get; init; }

    public required string Title { get; init; }

    public required InvestigationStatus Status { get; init; }

    public required InvestigationDepth Depth { get; init; }

    public required DateTimeOffset ClaimedAt { get; init; }

    public DateTimeOffset? ConcludedAt { get; init; }

    public string? Model { get; init; }

    /// <summary>What is investigated; null until planned.</summary>
    public InvestigationSubject? Subject { get; init; }

    /// <summary>Every planned question, in order; evidence answers them by step id.</summary>
    public IReadOnlyList<EvidenceStep> Steps { get; init; } = [];

    /// <summary>Rounds whose steps are stored in <see cref="Steps"/>; a round may have none.</summary>
    public int RoundsPlanned { get; init; }

    /// <summary>Questions that no tool here can answer, found while planning.</summary>
    public IReadOnlyList<UncheckedQuestion> NotAsked { get; init; } = [];

    public Conclusion? Conclusion { get; init; }

    /// <summary>How the incident ended (resolved by itself, after how long); set when its last alert resolved.</summary>
    public string? Outcome { get; init; }

    public static DocumentType<Investigation> Type { get; } = new()
    {
        Name = "investigations",
        Fields =
        [
            new("status", i => i.Status switch { InvestigationStatus.Claimed => "claimed", InvestigationStatus.Gathering => "gathering", _ => "concluded" }),
            new("incidentId", i => i.IncidentId),
            new("claimedAt", i => i.ClaimedAt),
        ],
        Indexes = [["claimedAt"], ["status", "claimedAt"], ["incidentId", "claimedAt"]],
    };
}

/// <summary>The thing that the first alert speaks of, read from its labels and its rule.</summary>
public sealed record InvestigationSubject
{
    public required string AlertName { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>The alert's own expression, from its generator link or the source's rules.</summary>
    public string? Expression { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>
    /// When the latest earlier trouble around it ended; what was measured before that is no baseline. Null when there was none in the hour before.
    /// </summary>
    public DateTimeOffset? QuietSince { get; init; }

    public string? Service { get; init; }

    /// <summary>The label that names the service in the metrics (service, job, app, ...).</summary>
    public string? ServiceLabel { get; init; }

    public string? Instance { get; init; }

    public string? Namespace { get; init; }

    /// <summary>Every service that an alert of the incident names, the subject's own first.</summary>
    public IReadOnlyList<string> AlertedServices { get; init; } = [];
}

/// <summary>One question to one tool. Steps of one round run side by side; a later round may build on the evidence of the one before.</summary>
public sealed record EvidenceStep
{
    /// <summary>Short, unique within the investigation, stable across replays; part of the evidence's id.</summary>
    public required string Id { get; init; }

    public required int Round { get; init; }

    /// <summary>What is asked, for people.</summary>
    public required string Title { get; init; }

    /// <summary>What the answer is used for; the readers of evidence select by it (e.g. golden.errors, host.cpu, change, alert.expression).</summary>
    public required string Topic { get; init; }

    public required string Tool { get; init; }

    /// <summary>The tool's arguments, a JSON object.</summary>
    public required string Arguments { get; init; }

    /// <summary>Seconds that the tool may take.</summary>
    public int TimeoutSeconds { get; init; } = 20;

    /// <summary>How far back each point of the answer looks (the window of a rate), in seconds; 0 when it does not, or when that is not known.</summary>
    public int WindowSeconds { get; init; }

    /// <summary>The component that the question is about (a service, an instance), when it is not the incident's subject itself.</summary>
    public string? Component { get; init; }

    /// <summary>Unit of the numbers that come back: ratio, seconds, bytes, per_second, cores, count, ...</summary>
    public string? Unit { get; init; }
}
