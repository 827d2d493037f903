using Nightwatch.Domain.Investigations.Writing;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations.Reasoning;

/// <summary>Nothing is wrong that was not so before: the same at this time on other days, barely over the threshold, over already, or flapping.</summary>
internal sealed class KnownPattern : IHypothesisSource
{
    public IEnumerable<Candidate> Propose(SignalBoard board, IReadOnlyList<FaultOrigin> origins)
    {
        var component = board.Subject.Service ?? board.Subject.Instance ?? board.Subject.AlertName;
        var candidate = new Candidate("known_pattern_or_noise", component, -1);
        var now = Level(board, Topics.AlertExpression);
        WeighOtherDays(candidate, board, now);
        WeighThreshold(candidate, board, now);
        WeighHistory(candidate, board);
        WeighSignals(candidate, board, origins);
        if (candidate.For.Count == 0)
        {
            yield break;
        }

        candidate.Statement = $"{component}: nothing unusual explains the alert; {candidate.For.MaxBy(p => p.Weight)!.Statement}.";
        yield return candidate;
    }

    private static (Evidence Evidence, double During, double Max, double Latest)? Level(SignalBoard board, string topic)
    {
        // The last look: the first may have come before the trouble showed.
        if (board.Evidence.LastOrDefault(e => e.Topic == topic && e.Status == ToolStatus.Success && e.Facts.Count > 0) is not { } found)
        {
            return null;
        }

        double Most(string name) => found.Facts.Where(f => f.Name == name).Select(f => f.Value).DefaultIfEmpty(0).Max();
        return (found, Most("during"), Most("max"), Most("latest"));
    }

    private static void WeighOtherDays(Candidate candidate, SignalBoard board, (Evidence Evidence, double During, double Max, double Latest)? now)
    {
        foreach (var (topic, day) in new[] { (Topics.AlertYesterday, "yesterday"), (Topics.AlertLastWeek, "last week") })
        {
            if (now is { } current && Level(board, topic) is { } then && current.Max > 0)
            {
                var share = then.Max / current.Max;
                var text = $"at this time {day} it reached {Numbers.Write(then.Max, null)}, now {Numbers.Write(current.Max, null)}";
                _ = share is > 0.8 and < 1.25 ? candidate.Supported(then.Evidence.Id, text, 1.3) : candidate.Opposed(then.Evidence.Id, text, 0.4);
            }
        }
    }

    private static void WeighThreshold(Candidate candidate, SignalBoard board, (Evidence Evidence, double During, double Max, double Latest)? now)
    {
        if (now is not { } level || board.Expression is not { Threshold: { } limit and not 0, FiresAbove: true })
        {
            return;
        }

        // A curve that never crossed its threshold missed what fired: it says nothing of how far.
        if (level.Max < limit)
        {
            return;
        }

        if (level.Max < limit * 1.15)
        {
            candidate.Supported(level.Evidence.Id, $"it is barely over its threshold of {Numbers.Write(limit, null)}: {Numbers.Write(level.Max, null)} at most", 1);
        }
        else if (level.Max > limit * 2)
        {
            candidate.Opposed(level.Evidence.Id, $"it is far over its threshold of {Numbers.Write(limit, null)}: {Numbers.Write(level.Max, null)} at most", 0.8);
        }

        if (level.Latest < limit)
        {
            candidate.Supported(level.Evidence.Id, $"it is under its threshold again: {Numbers.Write(level.Latest, null)}", 0.4);
        }
    }

    private static void WeighHistory(Candidate candidate, SignalBoard board)
    {
        if (board.First(Topics.History) is { Status: ToolStatus.Success } history && history.Facts.FirstOrDefault(f => f.Name == "earlier_day")?.Value is { } earlier and >= 4)
        {
            candidate.Supported(history.Id, $"this alert fired {Numbers.Write(earlier, "count")} times in the day before", 0.8);
        }
    }

    private static void WeighSignals(Candidate candidate, SignalBoard board, IReadOnlyList<FaultOrigin> origins)
    {
        var own = board.Subject.Service is { } service
            ? board.Of(service, Topics.Errors, Topics.Latency, Topics.LatencyMean, Topics.DatabaseErrors, Topics.DatabaseLatency).ToList()
            : board.Signals.Where(s => s.Topic is Topics.Errors or Topics.Latency).ToList();
        var strongest = board.Signals.Where(s => s.Strength > 0).MaxBy(s => s.Strength);
        // What has no past cannot be as usual.
        if (origins.Count == 0 && strongest is null && own.Find(s => s.Before is not null) is { } usual)
        {
            candidate.Supported(usual.EvidenceId, $"its golden signals are as usual ({Words.Of(usual)})", 1.6);
        }
        else if (strongest is not null)
        {
            candidate.Opposed(strongest.EvidenceId, Words.Of(strongest), 3.5 * strongest.Strength);
        }
    }
}
