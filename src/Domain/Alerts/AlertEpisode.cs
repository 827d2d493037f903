using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Alerts;

public enum EpisodeStage
{
    /// <summary>Stored, acknowledged, and not yet taken by correlation; the reconciler queues it again when nobody takes it.</summary>
    Received,

    /// <summary>Belongs to an incident, or was found to need none.</summary>
    Correlated,

    /// <summary>Its message failed until the queue gave up: a dead letter says why. Nobody queues it until it changes or the letter is sent back.</summary>
    SetAside,
}

/// <summary>Why nobody is told of an alert: a silence, an inhibition or a maintenance window.</summary>
public sealed record Suppression(string Kind, string Id, string Reason);

/// <summary>One stretch of time in which an alert fired: it opens at startsAt and closes on resolve. The document of record of the intake.</summary>
public sealed record AlertEpisode
{
    /// <summary>Fingerprint and startsAt in Unix milliseconds: <c>{fingerprint}-{startsAt}</c>; the same delivery always maps to the same document.</summary>
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string Fingerprint { get; init; }

    public required string Name { get; init; }

    public required AlertStatus Status { get; init; }

    public required EpisodeStage Stage { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    public string? GeneratorUrl { get; init; }

    public string? GroupKey { get; init; }

    public required string Source { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>
    /// How the episode ended: resolved, superseded (a newer one of the same alert began), reconciled (Alertmanager no longer knows it), expired.
    /// </summary>
    public string? ClosedBecause { get; init; }

    public string? IncidentId { get; init; }

    /// <summary>Why it joined its incident, in words.</summary>
    public string? JoinedBecause { get; init; }

    public Suppression? Suppression { get; init; }

    /// <summary>Episodes of the same fingerprint that began in the flapping window before this one, this one included.</summary>
    public int RecentEpisodes { get; init; } = 1;

    public bool Flapping { get; init; }

    /// <summary>False for one that was already over when it was first heard of.</summary>
    public bool SeenFiring { get; init; }

    /// <summary>The status under which its incident counts it; null until correlated.</summary>
    public AlertStatus? CountedAs { get; init; }

    /// <summary>Revision of the correlation window that decided what is written here; a later one is never overwritten by an earlier one.</summary>
    public long CorrelationRevision { get; init; }

    /// <summary>Since when the alerting system no longer lists this firing alert.</summary>
    public DateTimeOffset? MissingSince { get; init; }

    /// <summary>The start comes first so that new ids stand together at the end of the store's indexes, whose pages are then written together.</summary>
    public static string IdOf(string fingerprint, DateTimeOffset startsAt) => $"{MillisecondsOf(startsAt):x}-{fingerprint}";

    /// <summary>Alertmanager answers with milliseconds and sends webhooks with nanoseconds; both are the same start.</summary>
    internal static long MillisecondsOf(DateTimeOffset startsAt) => startsAt.ToUnixTimeMilliseconds();

    public static DocumentType<AlertEpisode> Type { get; } = new()
    {
        Name = "alert_episodes",
        Fields =
        [
            new("status", e => e.Status == AlertStatus.Firing ? "firing" : "resolved"),
            // Absent when nothing is left to do: the index holds undone work only, however long the history.
            new("stage", e => e.Stage == EpisodeStage.Received ? "received" : null),
            new("fingerprint", e => e.Fingerprint),
            new("incidentId", e => e.IncidentId),
            new("startsAt", e => e.StartsAt),
            new("changedAt", e => e.ChangedAt),
        ],
        Indexes = [["startsAt"], ["status", "startsAt"], ["stage", "changedAt"], ["fingerprint", "startsAt"], ["incidentId", "startsAt"], ["incidentId", "status", "startsAt"]],
    };
}
