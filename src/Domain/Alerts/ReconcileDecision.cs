using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Alerts;

/// <summary>What the alerting systems hold now.</summary>
/// <param name="Active">By fingerprint; only alerts that have not ended.</param>
/// <param name="Unreachable">Sources whose alerts are not known, or not all.</param>
/// <param name="IsPolled">At least one source is configured.</param>
internal sealed record HeldAlerts(
    IReadOnlyDictionary<string, ActiveAlert> Active, IReadOnlyDictionary<string, AlertSilence> Silences, IReadOnlyList<string> Unreachable, bool IsPolled);

/// <summary>What becomes of an episode in the light of what the sources hold. Pure.</summary>
internal sealed class ReconcileDecision(HeldAlerts held, Suppressions suppressions, ReconcileOptions options, DateTimeOffset now)
{
    private const string SuppressedState = "suppressed";
    private const int MaxTexts = 64;
    private const int MaxName = 256;
    private const int MaxValue = 16 * 1024;

    /// <summary>UTF-16 units of all labels, and of all annotations, of an alert: what a store takes as one document is 2 MB.</summary>
    private const int MaxTogether = 64 * 1024;

    public HeldAlerts Held { get; } = held;

    /// <summary>The open episode as it must be, or null when nothing changes.</summary>
    public AlertEpisode? Judge(AlertEpisode episode)
    {
        if (!Held.IsPolled || episode.Source != AlertSources.Alertmanager)
        {
            return options.ExpireUnpolledAfter is { } limit && now - episode.ReceivedAt >= limit
                ? EpisodeTransition.Close(episode, now, ClosedReasons.Expired, now)
                : Rejudge(episode, suppressions.Find(episode.Labels, now));
        }

        if (Held.Active.TryGetValue(episode.Fingerprint, out var alert))
        {
            var found = episode.MissingSince is null ? episode : episode with { MissingSince = null };
            return Rejudge(found, SuppressionOf(alert)) ?? (ReferenceEquals(found, episode) ? null : found);
        }

        if (Held.Unreachable.Count > 0)
        {
            return null;
        }

        if (episode.MissingSince is not { } since)
        {
            return episode with { MissingSince = now };
        }

        return now - since >= options.Grace ? EpisodeTransition.Close(episode, since, ClosedReasons.Reconciled, now) : null;
    }

    public AlertEpisode Open(string tenant, ActiveAlert alert) =>
        EpisodeTransition.Open(tenant, ToAlert(alert), now) with { Suppression = SuppressionOf(alert) };

    /// <summary>Reopens what was presumed over or ended before the source heard of it again; never what a newer episode superseded.</summary>
    public AlertEpisode? Reopen(AlertEpisode episode, ActiveAlert alert)
    {
        if (episode.Status == AlertStatus.Firing || episode.ClosedBecause == ClosedReasons.Superseded || alert.UpdatedAt <= episode.EndsAt)
        {
            return null;
        }

        return EpisodeTransition.Reopen(episode, now) with { Suppression = SuppressionOf(alert), SeenFiring = true };
    }

    private AlertEpisode? Rejudge(AlertEpisode episode, Suppression? suppression)
    {
        // The wording may change with the silence's comment or end; only being suppressed by something else counts.
        var isSame = suppression?.Kind == episode.Suppression?.Kind && suppression?.Id == episode.Suppression?.Id;
        return isSame ? null : episode with { Suppression = suppression, Stage = EpisodeStage.Received, ChangedAt = now };
    }

    private Suppression? SuppressionOf(ActiveAlert alert)
    {
        if (alert.State == SuppressedState && alert.SilencedBy.Count > 0)
        {
            var id = alert.SilencedBy[0];
            var reason = Held.Silences.TryGetValue(id, out var silence) ? Suppressions.ReasonOf(silence) : $"Silenced by {CleanText.Line(id)}.";
            return new Suppression(SuppressionKinds.Silence, CleanText.Cut(CleanText.Line(id), 100), reason);
        }

        if (alert.State == SuppressedState && alert.InhibitedBy.Count > 0)
        {
            return new Suppression(
                SuppressionKinds.Inhibition,
                CleanText.Cut(CleanText.Line(alert.InhibitedBy[0]), 100),
                $"Inhibited by the alert {CleanText.Cut(CleanText.Line(alert.InhibitedBy[0]), 100)}.");
        }

        return suppressions.Find(alert.Labels, now);
    }

    private static Alert ToAlert(ActiveAlert alert) => new()
    {
        Fingerprint = alert.Fingerprint,
        Status = AlertStatus.Firing,
        Labels = Clean(alert.Labels),
        Annotations = Clean(alert.Annotations),
        StartsAt = alert.StartsAt,
        GeneratorUrl = Uri.TryCreate(alert.GeneratorUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? alert.GeneratorUrl : null,
        Source = AlertSources.Alertmanager,
    };

    private static Dictionary<string, string> Clean(IReadOnlyDictionary<string, string> texts)
    {
        var clean = new Dictionary<string, string>(StringComparer.Ordinal);
        var room = MaxTogether;
        foreach (var (name, value) in texts.Take(MaxTexts))
        {
            var kept = CleanText.Cut(CleanText.Lines(value), Math.Min(MaxValue, room));
            room -= kept.Length;
            clean[CleanText.Cut(CleanText.Line(name), MaxName)] = kept;
        }

        return clean;
    }
}
