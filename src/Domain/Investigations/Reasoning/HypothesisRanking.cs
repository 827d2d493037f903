using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations.Reasoning;

/// <summary>
/// Ranks what the specialists propose. Each candidate's score is the sum of its weights (log-odds). The candidates and "something else" (score 0)
/// exclude each other, so confidence is e^(0.75 score) over the sum of all of them: competing explanations take from each other. It is then lowered by what is
/// not known (up to <see cref="MostDoubt"/> of it) and capped at <see cref="MostConfident"/>.
/// </summary>
internal static class HypothesisRanking
{
    public const double MostConfident = 0.95;
    public const double MostDoubt = 0.35;

    /// <summary>Weights are estimates and evidence of one fault is not independent: its log-odds are taken at three quarters.</summary>
    private const double Temper = 0.75;

    private const double LeastShown = 0.02;
    private const int MostShown = 6;

    private static readonly IHypothesisSource[] Sources =
    [
        new DeploymentRegression(), new DependencyFailure(), new InternalErrors(), new InternalLatency(), new MemoryLeak(), new ResourceSaturation(), new TrafficSurge(), new TargetDown(), new KnownPattern(),
    ];

    /// <summary>What matters to know, by topic, with how much not knowing it takes from every confidence.</summary>
    private static readonly (string Topic, double Weight)[] Needed =
    [
        (Topics.Errors, 0.25), (Topics.Latency, 0.2), (Topics.Up, 0.15), (Topics.Change, 0.2), (Topics.AlertExpression, 0.1), (Topics.ClientErrors, 0.1),
    ];

    public static IReadOnlyList<Hypothesis> Rank(SignalBoard board)
    {
        var origins = FaultOrigins.Find(board);
        var candidates = Sources.SelectMany(s => s.Propose(board, origins)).Where(c => c.For.Count > 0)
            .GroupBy(c => (c.Cause, c.Component)).Select(g => g.MaxBy(c => c.Score)!)
            .OrderByDescending(c => c.Score).ThenBy(c => c.Cause, StringComparer.Ordinal).ThenBy(c => c.Component, StringComparer.Ordinal)
            .ToList();
        var all = 1 + candidates.Sum(c => Math.Exp(Temper * c.Score));
        var known = 1 - (MostDoubt * Unknown(board.Evidence));
        return
        [
            .. candidates.Select(c => Make(c, Math.Min(MostConfident, Math.Exp(Temper * c.Score) / all * known))).Where((h, i) => i == 0 || h.Confidence >= LeastShown).Take(MostShown),
        ];
    }

    /// <summary>0 when everything needed was answered (no data is an answer), 1 when nothing was.</summary>
    public static double Unknown(IReadOnlyList<Evidence> evidence)
    {
        var missing = Needed.Where(n => !evidence.Any(e => e.Topic == n.Topic && (e.Status == ToolStatus.Success || (e.Status == ToolStatus.NoData && n.Topic is Topics.Change or Topics.Up)))).Sum(n => n.Weight);
        return missing / Needed.Sum(n => n.Weight);
    }

    private static Hypothesis Make(Candidate candidate, double confidence) => new()
    {
        Cause = candidate.Cause,
        Component = candidate.Component,
        Statement = candidate.Statement,
        Confidence = Math.Round(confidence, 3),
        For = [.. candidate.For.OrderByDescending(p => p.Weight)],
        Against = [.. candidate.Against.OrderByDescending(p => p.Weight)],
    };
}
