using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Alerts;

/// <summary>Why nobody is told of an alert, as kinds of <see cref="Suppression"/>.</summary>
public static class SuppressionKinds
{
    public const string Silence = "silence";
    public const string Inhibition = "inhibition";
    public const string Maintenance = "maintenance";
}

/// <summary>The silences and maintenance windows in force, asked whether they cover an alert.</summary>
public sealed class Suppressions
{
    private readonly IReadOnlyList<(AlertSilence Silence, LabelMatcher[] Matchers)> silences;
    private readonly IReadOnlyList<MaintenanceWindow> windows;

    private Suppressions(IReadOnlyList<(AlertSilence Silence, LabelMatcher[] Matchers)> silences, IReadOnlyList<MaintenanceWindow> windows)
    {
        this.silences = silences;
        this.windows = windows;
    }

    public static Suppressions None { get; } = new([], []);

    /// <summary>Silences whose matchers cannot be evaluated are left out: an alert is rather investigated than lost.</summary>
    public static Suppressions Of(IEnumerable<AlertSilence> silences, IReadOnlyList<MaintenanceWindow> windows)
    {
        var usable = new List<(AlertSilence, LabelMatcher[])>();
        foreach (var silence in silences)
        {
            try
            {
                usable.Add((silence, [.. silence.Matchers.Select(LabelMatcher.From)]));
            }
            catch (ArgumentException)
            {
                // Not ours to repair; Alertmanager itself applies it.
            }
        }

        return new Suppressions(usable, windows);
    }

    public Suppression? Find(IReadOnlyDictionary<string, string> labels, DateTimeOffset now)
    {
        foreach (var window in windows)
        {
            if (window.Matchers.All(m => m.Matches(labels)) && window.ActiveUntil(now) is { } until)
            {
                return new Suppression(
                    SuppressionKinds.Maintenance,
                    window.Name,
                    FormattableString.Invariant($"In maintenance window '{window.Name}' until {until:yyyy-MM-dd HH:mm} UTC."));
            }
        }

        foreach (var (silence, matchers) in silences)
        {
            if (silence.State != "expired"
                && silence.StartsAt <= now
                && now < silence.EndsAt
                && matchers.Length > 0
                && Array.TrueForAll(matchers, m => m.Matches(labels)))
            {
                return new Suppression(SuppressionKinds.Silence, silence.Id, ReasonOf(silence));
            }
        }

        return null;
    }

    internal static string ReasonOf(AlertSilence silence)
    {
        var by = silence.CreatedBy.Length > 0 ? $" by {CleanText.Cut(CleanText.Line(silence.CreatedBy), 80)}" : "";
        var comment = silence.Comment.Length > 0 ? $": {CleanText.Cut(CleanText.Line(silence.Comment), 300)}" : "";
        return FormattableString.Invariant($"Silenced{by} until {silence.EndsAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC{comment}");
    }
}
