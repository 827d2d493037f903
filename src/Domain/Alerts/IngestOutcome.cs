namespace Nightwatch.Domain.Alerts;

public enum AlertChange
{
    /// <summary>A new episode that fires.</summary>
    Opened,

    /// <summary>An episode ended, or one that nobody saw firing was stored as ended.</summary>
    Resolved,

    /// <summary>Known already; nothing was written.</summary>
    Repeated,

    /// <summary>Out of order or without an open episode to end; nothing was written.</summary>
    Ignored,
}

/// <summary>An alert that is stored (now or before).</summary>
/// <param name="Index">Position in the delivery.</param>
/// <param name="EpisodeId">Null when a resolve had no episode to end (<see cref="AlertChange.Ignored"/>).</param>
public sealed record AcceptedAlert(int Index, string? EpisodeId, string Fingerprint, AlertChange Change);

/// <summary>One alert of a delivery that cannot be taken. The others are.</summary>
/// <param name="Index">Position in the delivery.</param>
/// <param name="Field">Path of the field, such as <c>alerts[3].labels.alertname</c>.</param>
/// <param name="Problem">What is wrong and what to send instead, in one line.</param>
public sealed record RejectedAlert(int Index, string Field, string Problem);

/// <summary>The whole delivery is refused.</summary>
/// <param name="Status">HTTP status: 400 (not JSON, not the format), 413 (too large), 415 (compressed) or 422 (no alert could be taken).</param>
public sealed record IngestRefusal(int Status, string? Field, string Message);

/// <summary>What became of a delivery. When it is returned, everything accepted is durable.</summary>
public sealed record IngestOutcome
{
    public IReadOnlyList<AcceptedAlert> Accepted { get; init; } = [];

    public IReadOnlyList<RejectedAlert> Rejected { get; init; } = [];

    /// <summary>Set when nothing was taken.</summary>
    public IngestRefusal? Refusal { get; init; }

    /// <summary>Alerts that the sender left out of this delivery.</summary>
    public int Truncated { get; init; }

    /// <summary>Episodes to be queued for correlation.</summary>
    public IReadOnlyList<string> ChangedEpisodeIds { get; init; } = [];

    /// <summary>Alerts were refused or left out and will not be sent again: ask the sender for what it holds.</summary>
    public bool WantsReconciliation => Refusal is not null || Rejected.Count > 0 || Truncated > 0;
}
