using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations.Reasoning;

/// <summary>A component that fails by itself: its errors rose, what it calls is well, and nothing was changed.</summary>
internal sealed class InternalErrors : IHypothesisSource
{
    public IEnumerable<Candidate> Propose(SignalBoard board, IReadOnlyList<FaultOrigin> origins)
    {
        foreach (var component in board.Components.Where(c => FaultOrigins.Errors(board, c) is not null))
        {
            var errors = FaultOrigins.Errors(board, component)!;
            var candidate = new Candidate("internal_errors", component, -1)
                .Supported(errors, 3)
                .Supported(board.CallsTo(component).Where(c => c.IsErrors && c.Strength > 0).MaxBy(c => c.Strength), 0.6);
            InternalPoints.Weigh(candidate, board, errors.Onset);
            candidate.Statement = $"{component} fails by itself{Words.Chain(board.PathTo(component))}: {Words.Of(errors, component)}.";
            yield return candidate;
        }
    }
}

/// <summary>A component that is slow by itself.</summary>
internal sealed class InternalLatency : IHypothesisSource
{
    public IEnumerable<Candidate> Propose(SignalBoard board, IReadOnlyList<FaultOrigin> origins)
    {
        foreach (var component in board.Components.Where(c => FaultOrigins.Latency(board, c) is not null))
        {
            var latency = FaultOrigins.Latency(board, component)!;
            var candidate = new Candidate("internal_latency", component, -1)
                .Supported(latency, 3)
                .Supported(board.CallsTo(component).Where(c => !c.IsErrors && c.Strength > 0).MaxBy(c => c.Strength), 0.6);
            if (FaultOrigins.Errors(board, component) is { } errors && errors.Strength >= latency.Strength)
            {
                candidate.Opposed(errors.EvidenceId, $"it rather fails than being slow: {Words.Of(errors)}", 1.5 * errors.Strength);
            }

            candidate.WeighSymptom(board);
            InternalPoints.Weigh(candidate, board, latency.Onset);
            candidate.Statement = $"{component} is slow by itself{Words.Chain(board.PathTo(component))}: {Words.Of(latency, component)}.";
            yield return candidate;
        }
    }
}

internal static class InternalPoints
{
    public static void Weigh(Candidate candidate, SignalBoard board, DateTimeOffset? onset)
    {
        candidate.WeighPlace(board).WeighCalls(board);
        var change = CommonPoints.ChangeBefore(board, candidate.Component, onset);
        if (change is ({ } made, var fit))
        {
            candidate.Opposed(made.EvidenceId, $"{made.Text} shortly before", 2.5 * fit);
        }
        else if (board.Evidence.FirstOrDefault(e => e.Topic == Topics.Change && e.Status != ToolStatus.Error) is { } looked)
        {
            candidate.Supported(looked.Id, $"no change of {candidate.Component} is known shortly before", 0.3);
        }

        if (FaultOrigins.IsStore(candidate.Component))
        {
            candidate.Opposed(CommonPoints.EvidenceOf(board, candidate.Component), $"{candidate.Component} is a store that others depend on, which says the same in other words", 1);
        }

        if (board.Worst(candidate.Component, Topics.Memory, Topics.Heap) is { } memory)
        {
            candidate.Opposed(memory.EvidenceId, Words.Of(memory), 1.2 * memory.Strength);
        }

        if (board.Worst(candidate.Component, Topics.Rate, Topics.DatabaseRate) is { } surge && IsTogether(surge.Onset, onset))
        {
            candidate.Opposed(surge.EvidenceId, $"more was asked of it: {Words.Of(surge)}", surge.Strength);
        }
    }

    private static bool IsTogether(DateTimeOffset? one, DateTimeOffset? other) => one is null || other is null || (one.Value - other.Value).Duration() < TimeSpan.FromSeconds(60);
}
