using Nightwatch.Domain.Incidents;

namespace Nightwatch.Domain.Investigations;

/// <summary>The decisions of the orchestration, free of clocks and of input and output, so that a replay decides the same.</summary>
public static class InvestigationFlow
{
    /// <summary>Questions that one investigation asks at the same time; a source serves more than one investigation.</summary>
    public const int MaxParallel = 8;

    /// <summary>Times that a question is asked before its failure becomes a gap.</summary>
    public const int MaxAttempts = 3;

    public const int MaxRounds = 3;

    /// <summary>After this long no further round begins and what is known is concluded from.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(20);

    /// <summary>Quick investigations ask about the alert itself; the others go on to its service and, where it leads there, to what it depends on.</summary>
    public static bool HasRound(InvestigationDepth depth, int round) => round >= 1 && round <= (depth == InvestigationDepth.Quick ? 1 : MaxRounds);

    /// <summary>The ids to start now: the first of those waiting that fit beside those running.</summary>
    public static IReadOnlyList<string> NextWave(IReadOnlyList<string> waiting, int running) => [.. waiting.Take(Math.Max(0, MaxParallel - running))];

    public static bool IsLastAttempt(int attempt) => attempt >= MaxAttempts;

    /// <summary>
    /// Wait before the attempt after the given one (1 is the first): 1 s, doubling, with up to a quarter more by the step's id so that steps spread.
    /// </summary>
    public static TimeSpan Backoff(int attempt, string stepId)
    {
        var seconds = Math.Pow(2, Math.Clamp(attempt - 1, 0, 10));
        var spread = 1 + ((Hash(stepId) % 256) / 1024d);
        return TimeSpan.FromSeconds(Math.Min(seconds * spread, LongestBackoff.TotalSeconds));
    }

    /// <summary>Whether to plan the next round, or to conclude.</summary>
    public static bool GoesOn(int round, int stepsOfThisRound, DateTimeOffset startedAt, DateTimeOffset now) =>
        round < MaxRounds && stepsOfThisRound > 0 && now - startedAt < MaxDuration;

    private static uint Hash(string text) => text.Aggregate(2166136261u, static (hash, c) => (hash ^ c) * 16777619u);
}
