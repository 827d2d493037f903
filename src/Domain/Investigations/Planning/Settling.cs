using Nightwatch.Domain.Investigations.Queries;
using Nightwatch.Domain.Investigations.Reasoning;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations.Planning;

/// <summary>
/// When the trouble fills the windows that it is measured with. A rate over the last minute shows little of what began ten seconds ago: who looks then sees
/// noise, and calls it that. Alerts that waited (<c>for: 5m</c>) have long settled; those without a wait have not.
/// </summary>
internal static class Settling
{
    /// <summary>An early answer is worth more than a full window, so no investigation waits for longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>When to look at rates, or null for now. Without the alert's own curve there is nothing to wait for.</summary>
    public static DateTimeOffset? NotBefore(InvestigationSubject subject, IReadOnlyList<Evidence> known, DateTimeOffset now)
    {
        if (FirstLook(known) is not { } own)
        {
            return null;
        }

        var filled = Since(subject, own) + LaterRounds.Scale(subject, known, now).RateWindow;
        return filled <= now ? null : filled < now + Longest ? filled : now + Longest;
    }

    /// <summary>Whether the alert's own curve was asked for before it showed the trouble whole.</summary>
    public static bool LookedEarly(InvestigationSubject subject, IReadOnlyList<Evidence> known) =>
        FirstLook(known) is { } own && NotBefore(subject, known, own.RecordedAt) is not null;

    private static Evidence? FirstLook(IReadOnlyList<Evidence> known) =>
        known.FirstOrDefault(e => e.Topic == Topics.AlertExpression && e.Status == ToolStatus.Success);

    /// <summary>Since when the curve of what alerts has been where it fires; the alert's start when the curve does not tell.</summary>
    private static DateTimeOffset Since(InvestigationSubject subject, Evidence own)
    {
        var expression = AlertExpression.Read(subject.Expression);
        bool Fires(Signal signal) => expression?.Threshold is not { } limit || (expression.FiresAbove ? signal.Latest > limit : signal.Latest < limit);
        var onset = SignalBoard.Read(subject, [own]).Signals
            .Where(s => (subject.Service is null || s.Component == subject.Service) && Fires(s))
            .Select(s => s.Onset)
            .Min();
        return onset < subject.StartsAt ? onset.Value : subject.StartsAt;
    }
}
