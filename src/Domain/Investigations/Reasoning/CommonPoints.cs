using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations.Reasoning;

/// <summary>Points that several specialists weigh the same way.</summary>
internal static class CommonPoints
{
    /// <summary>How the component lies to what alerted: itself, behind it in the chain of calls, or apart from it.</summary>
    public static Candidate WeighPlace(this Candidate candidate, SignalBoard board)
    {
        if (board.Subject.AlertedServices.Count == 0)
        {
            return candidate;
        }

        if (board.Subject.AlertedServices.Contains(candidate.Component))
        {
            return candidate.Supported(EvidenceOf(board, candidate.Component), $"{candidate.Component} is what the alert is about", 0.6);
        }

        var path = board.PathTo(candidate.Component);
        var calls = board.CallsTo(candidate.Component).FirstOrDefault()?.EvidenceId;
        return path is not null
            ? candidate.Supported(calls, $"what alerted depends on {candidate.Component}{Words.Chain(path)}", 0.6)
            : board.Calls.Count > 0
                ? candidate.Opposed(board.Signals.FirstOrDefault(s => s.Peer is not null)?.EvidenceId, $"no call from what alerted to {candidate.Component} is known", 2.5)
                : candidate;
    }

    /// <summary>Its own calls to others being usual puts the fault inside; being bad puts it outside.</summary>
    public static Candidate WeighCalls(this Candidate candidate, SignalBoard board)
    {
        var explained = FaultOrigins.ExplainedBy(board, candidate.Component);
        if (explained.Count > 0)
        {
            var worst = board.CallsFrom(candidate.Component).Where(c => c.Peer == explained[0]).MaxBy(c => c.Strength)!;
            return candidate.Opposed(worst.EvidenceId, $"its trouble is explained by {explained[0]}: {Words.Of(worst)}", 3);
        }

        var usual = board.CallsFrom(candidate.Component).FirstOrDefault(c => c.Strength == 0);
        return usual is null ? candidate : candidate.Supported(usual.EvidenceId, $"its own calls are as usual: {Words.Of(usual)}", 0.8);
    }

    /// <summary>What alerted fails; a component that only became somewhat slower does not explain failures.</summary>
    public static Candidate WeighSymptom(this Candidate candidate, SignalBoard board)
    {
        var symptom = board.Subject.AlertedServices.Select(s => FaultOrigins.Errors(board, s)).OfType<Signal>().MaxBy(e => e.Strength);
        var about = board.Signals.Where(s => s.Strength > 0 && (s.Peer ?? s.Component) == candidate.Component).ToList();
        return symptom is not null && about.TrueForAll(s => s.IsLatency && !FaultOrigins.RunsIntoLimits(s))
            ? candidate.Opposed(symptom.EvidenceId, $"{symptom.Component} fails, {candidate.Component} does not: {Words.Of(symptom)}", 3 * symptom.Strength)
            : candidate;
    }

    /// <summary>The deployment of the component that best fits an onset, with how well it fits (0 to 1).</summary>
    public static (ChangeMark Change, double Fit)? ChangeBefore(SignalBoard board, string component, DateTimeOffset? onset)
    {
        var at = onset ?? board.Subject.StartsAt;
        var changes = board.Changes.Where(c => c.Component == component && c.Kind is "deployment" or "rollback" or "restart" or "creation" or "annotation").ToList();
        return changes.Where(c => !IsPartOf(c, changes, at))
            .Select(c => (Change: c, Fit: Fit(c, at) * Weight(board, c)))
            .Where(c => c.Fit > 0.02)
            .OrderByDescending(c => c.Fit).ThenByDescending(c => c.Change.At)
            .Select(c => ((ChangeMark, double)?)c)
            .FirstOrDefault();
    }

    /// <summary>A deployment that was taken back before the onset is no longer there to blame; a start together with a new version is that version's.</summary>
    private static bool IsPartOf(ChangeMark change, List<ChangeMark> others, DateTimeOffset onset) => change.Kind switch
    {
        "deployment" => others.Exists(r => r.Kind == "rollback" && r.At > change.At && r.At <= onset),
        "restart" or "creation" => others.Exists(v => v.Kind is "deployment" or "rollback" && (v.At - change.At).Duration() <= TimeSpan.FromSeconds(30)),
        _ => false,
    };

    /// <summary>
    /// Whole up to half a minute before the onset; a minute after it still counts, since onsets are estimates. After that the longer the component was well
    /// with the change the less: to a third every six minutes for a new version (a slow rollout, a cache that runs out), every half minute for a restart or
    /// a return to an older version, which show at once.
    /// </summary>
    private static double Fit(ChangeMark change, DateTimeOffset onset)
    {
        var seconds = (onset - change.At).TotalSeconds;
        var decay = change.Kind is "deployment" or "annotation" ? 360 : 30;
        return seconds switch
        {
            < -90 => 0,
            < -30 => 0.6,
            <= 30 => 1,
            <= 1800 => Math.Exp(-(seconds - 30) / decay),
            _ => 0,
        };
    }

    /// <summary>A new version says most. A start at which most of the system started too says next to nothing.</summary>
    private static double Weight(SignalBoard board, ChangeMark change)
    {
        var kind = change.Kind switch { "deployment" => 1, "annotation" => 0.8, "restart" => 0.5, _ => 0.25 };
        var together = board.Changes.Where(c => c.Kind == change.Kind && Math.Abs((c.At - change.At).TotalSeconds) <= 20).Select(c => c.Component).Distinct().Count();
        return together >= 3 && together * 2 > board.Components.Count ? kind * 0.2 : kind;
    }

    public static string? EvidenceOf(SignalBoard board, string component) =>
        (board.Signals.Where(s => s.Component == component && s.Peer is null).MaxBy(s => s.Strength) ?? board.Signals.FirstOrDefault(s => s.Peer == component))?.EvidenceId
        ?? board.Evidence.FirstOrDefault(e => e.Topic == Topics.AlertExpression && e.Status == ToolStatus.Success)?.Id;
}
