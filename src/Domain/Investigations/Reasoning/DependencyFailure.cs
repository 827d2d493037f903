using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations.Reasoning;

/// <summary>Something that others depend on is slow or fails: the deepest of the chain is blamed, and its callers' trouble is explained by it.</summary>
internal sealed class DependencyFailure : IHypothesisSource
{
    public IEnumerable<Candidate> Propose(SignalBoard board, IReadOnlyList<FaultOrigin> origins)
    {
        foreach (var origin in origins.Where(o => !o.IsDown))
        {
            var isStore = FaultOrigins.IsStore(origin.Component);
            if (origin.FromCallers.Count == 0 && !isStore)
            {
                continue;
            }

            var seen = origin.FromCallers.Count > 0 ? origin.FromCallers[0] : null;
            var worst = seen ?? origin.Errors ?? origin.Latency!;
            var candidate = new Candidate("dependency_failure", origin.Component, -1)
                .Supported(seen, 2.4)
                .Supported(origin.Errors, 1.5)
                .Supported(origin.Latency, origin.Errors is null ? 1.5 : 0.5);
            candidate.Supported(board.Worst(origin.Component, Topics.Pool), 0.8);
            WeighKind(candidate, board, origin, isStore);
            candidate.WeighPlace(board).WeighSymptom(board);
            if (CommonPoints.ChangeBefore(board, origin.Component, origin.Onset) is ({ } change, var fit))
            {
                candidate.Opposed(change.EvidenceId, $"{change.Text} shortly before", 2.5 * fit);
            }

            var own = origin.Errors ?? origin.Latency;
            candidate.Statement = $"{origin.Component}, which others depend on{Words.Chain(board.PathTo(origin.Component))}, is not well: {Words.Of(worst, origin.Component)}"
                + (own is null || own == worst ? "." : $"; {Words.Of(own, origin.Component)}.");
            yield return candidate;
        }
    }

    private static void WeighKind(Candidate candidate, SignalBoard board, FaultOrigin origin, bool isStore)
    {
        var seen = origin.FromCallers.Count > 0 ? origin.FromCallers[0].EvidenceId : null;
        var callers = origin.FromCallers.Select(s => s.Component).Distinct().Where(c => FaultOrigins.ExplainedBy(board, c).Contains(origin.Component)).ToList();
        if (callers.Count > 0)
        {
            candidate.Supported(seen, $"it explains the trouble of {string.Join(" and ", callers)}", 0.5);
        }

        if (isStore)
        {
            candidate.Supported(seen ?? CommonPoints.EvidenceOf(board, origin.Component), $"{origin.Component} is a store that others wait for", 0.8);
        }
        else if (!origin.IsMeasured)
        {
            candidate.Supported(seen, $"{origin.Component} is known only from its callers", 0.6);
        }
        else if (origin.Errors is null && origin.Latency is null)
        {
            candidate.Opposed(
                board.Of(origin.Component, Topics.Errors, Topics.Latency, Topics.Rate).FirstOrDefault()?.EvidenceId,
                $"{origin.Component} itself counts neither more errors nor longer durations; the fault may lie between",
                1.2);
        }
        else
        {
            candidate.Opposed(CommonPoints.EvidenceOf(board, origin.Component), $"{origin.Component} is a service of its own whose inside is to blame", 1.6);
        }
    }
}

/// <summary>Targets of a component do not answer at all.</summary>
internal sealed class TargetDown : IHypothesisSource
{
    public IEnumerable<Candidate> Propose(SignalBoard board, IReadOnlyList<FaultOrigin> origins)
    {
        foreach (var (component, evidenceId) in board.Down)
        {
            var callers = board.CallsTo(component).Where(c => c.Strength > 0).OrderByDescending(c => c.Strength).ToList();
            var candidate = new Candidate("target_down", component, -1)
                .Supported(evidenceId, $"the targets of {component} do not answer (up is 0)", 3)
                .Supported(callers.FirstOrDefault(), 1.5)
                .WeighPlace(board);
            var asked = board.Expression?.Metrics.Contains("up") == true || board.Subject.AlertName.Contains("down", StringComparison.OrdinalIgnoreCase);
            if (asked && board.Subject.AlertedServices.Contains(component))
            {
                candidate.Supported(board.Evidence.FirstOrDefault(e => e.Topic == Topics.AlertExpression && e.Status == ToolStatus.Success)?.Id ?? evidenceId, "the alert itself says that a target is down", 1);
            }

            candidate.Statement = $"{component} is down{Words.Chain(board.PathTo(component))}: its targets do not answer{(callers.Count > 0 ? $"; {Words.Of(callers[0])}" : "")}.";
            yield return candidate;
        }
    }
}
