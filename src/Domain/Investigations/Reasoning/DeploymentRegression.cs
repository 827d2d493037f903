using System.Globalization;
using Nightwatch.Domain.Investigations.Writing;

namespace Nightwatch.Domain.Investigations.Reasoning;

/// <summary>A version, a build or a process changed shortly before the component's errors or durations rose.</summary>
internal sealed class DeploymentRegression : IHypothesisSource
{
    public IEnumerable<Candidate> Propose(SignalBoard board, IReadOnlyList<FaultOrigin> origins)
    {
        foreach (var component in board.Changes.Where(c => c.Kind is "deployment" or "rollback" or "restart" or "annotation").Select(c => c.Component).Distinct(StringComparer.Ordinal))
        {
            var (errors, latency) = (FaultOrigins.Errors(board, component), FaultOrigins.Latency(board, component));
            var memory = board.Worst(component, Topics.Memory, Topics.Heap);
            var calls = board.CallsTo(component).Where(c => c.Strength > 0).MaxBy(c => c.Strength);
            var worst = errors ?? latency ?? calls;
            if (CommonPoints.ChangeBefore(board, component, worst?.Onset) is not ({ } change, var fit))
            {
                continue;
            }

            var candidate = new Candidate("deployment_regression", component, Prior(change.Kind))
                .Supported(change.EvidenceId, $"{When(change)}, shortly before", 3.2 * fit)
                .Supported(errors, 2.5)
                .Supported(latency, errors is null ? 2.2 : 0.6);
            if (worst is null)
            {
                candidate.Opposed(CommonPoints.EvidenceOf(board, component), $"neither errors nor durations of {component} rose", memory is null ? 4 : 2);
            }
            else if (errors is null && latency is null)
            {
                candidate.Supported(calls, 2);
            }

            candidate.WeighPlace(board).WeighCalls(board);
            candidate.Statement = Statement(component, change, errors ?? latency ?? calls);
            yield return candidate;
        }
    }

    /// <summary>New versions break things; a restart, or going back to what ran before, rarely does, and is often what somebody tried.</summary>
    private static double Prior(string kind) => kind switch { "deployment" => -1.2, "annotation" => -1.5, _ => -2.2 };

    /// <summary>Some changes say themselves when they were.</summary>
    private static string When(ChangeMark change) =>
        change.Text.Contains(change.At.ToString("HH:mm:ss", CultureInfo.InvariantCulture), StringComparison.Ordinal) ? change.Text : $"{change.Text} at {Numbers.Clock(change.At)}";

    private static string Statement(string component, ChangeMark change, Signal? worst)
    {
        var what = change.Kind switch
        {
            "deployment" => $"{component} went bad with its deployment",
            "rollback" => $"{component} is not well since it went back to an older version",
            "restart" => $"{component} is not well since it restarted",
            _ => $"{component} went bad with a change",
        };
        var when = When(change);
        var own = component + " ";
        var told = when.StartsWith(own, StringComparison.Ordinal) ? when[own.Length..] : when;
        return $"{what}: {told}{(worst is null ? "" : $"; {Words.Of(worst, component)}")}.";
    }
}
