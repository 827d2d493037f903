namespace Nightwatch.Domain.Alerts;

/// <summary>Why an episode ended.</summary>
public static class ClosedReasons
{
    public const string Resolved = "resolved";
    public const string Superseded = "superseded";
    public const string Reconciled = "reconciled";
    public const string Expired = "expired";
}

/// <summary>
/// What one delivery does to its episode. Pure, and the same for every order of the same deliveries: firing never undoes a resolve, and of several
/// resolves the latest end stands.
/// </summary>
internal static class EpisodeTransition
{
    /// <summary>The episode to write, or null when nothing changes.</summary>
    public static (AlertChange Change, AlertEpisode? Write) Decide(string tenant, AlertEpisode? current, ParsedAlert delivery, DateTimeOffset now)
    {
        var alert = delivery.Alert;
        if (current is null)
        {
            return (alert.Status == AlertStatus.Firing ? AlertChange.Opened : AlertChange.Resolved, Open(tenant, alert, now));
        }

        return (current.Status, alert.Status) switch
        {
            (AlertStatus.Firing, AlertStatus.Firing) => (AlertChange.Repeated, null),
            (AlertStatus.Firing, AlertStatus.Resolved) => (AlertChange.Resolved, Close(current, alert.EndsAt ?? now, ClosedReasons.Resolved, now)),
            (AlertStatus.Resolved, AlertStatus.Firing) => (AlertChange.Ignored, null),
            _ => ResolveAgain(current, delivery, now),
        };
    }

    public static AlertEpisode Open(string tenant, Alert alert, DateTimeOffset now) => new()
    {
        Id = AlertEpisode.IdOf(alert.Fingerprint, alert.StartsAt),
        Tenant = tenant,
        Fingerprint = alert.Fingerprint,
        Name = alert.Name,
        Status = alert.Status,
        Stage = EpisodeStage.Received,
        Labels = alert.Labels,
        Annotations = alert.Annotations,
        StartsAt = alert.StartsAt,
        EndsAt = alert.EndsAt,
        GeneratorUrl = alert.GeneratorUrl,
        GroupKey = alert.GroupKey,
        Source = alert.Source,
        ReceivedAt = now,
        ChangedAt = now,
        SeenFiring = alert.Status == AlertStatus.Firing,
        ClosedBecause = alert.Status == AlertStatus.Resolved ? ClosedReasons.Resolved : null,
    };

    public static AlertEpisode Close(AlertEpisode current, DateTimeOffset endsAt, string because, DateTimeOffset now) => current with
    {
        Status = AlertStatus.Resolved,
        Stage = EpisodeStage.Received,
        EndsAt = endsAt < current.StartsAt ? current.StartsAt : endsAt,
        ClosedBecause = because,
        ChangedAt = now,
        MissingSince = null,
    };

    public static AlertEpisode Reopen(AlertEpisode current, DateTimeOffset now) => current with
    {
        Status = AlertStatus.Firing,
        Stage = EpisodeStage.Received,
        EndsAt = null,
        ClosedBecause = null,
        ChangedAt = now,
        MissingSince = null,
    };

    // The sender's own word replaces what we presumed (superseded, reconciled, expired). An end that was left out says nothing new.
    private static (AlertChange Change, AlertEpisode? Write) ResolveAgain(AlertEpisode current, ParsedAlert delivery, DateTimeOffset now)
    {
        var end = delivery.Alert.EndsAt ?? now;
        var isFirstWord = current.ClosedBecause != ClosedReasons.Resolved;
        return delivery.EndsAtGiven && (isFirstWord || end > current.EndsAt)
            ? (AlertChange.Resolved, Close(current, end, ClosedReasons.Resolved, now))
            : (AlertChange.Repeated, null);
    }
}
