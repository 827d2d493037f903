using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;

namespace Nightwatch.Domain.Tests.Investigations;

public sealed class InvestigationFlowTests
{
    [Fact]
    public void NextWave_NeverRunsMoreThanAllowed()
    {
        string[] waiting = [.. Enumerable.Range(0, 30).Select(i => $"s{i}")];

        Assert.Equal(waiting.Take(InvestigationFlow.MaxParallel), InvestigationFlow.NextWave(waiting, 0));
        Assert.Equal(2, InvestigationFlow.NextWave(waiting, InvestigationFlow.MaxParallel - 2).Count);
        Assert.Empty(InvestigationFlow.NextWave(waiting, 100));
        Assert.Empty(InvestigationFlow.NextWave([], 0));
    }

    [Fact]
    public void Backoff_GrowsSpreadsAndIsTheSameOnReplay()
    {
        var waits = Enumerable.Range(1, 6).Select(a => InvestigationFlow.Backoff(a, "r1-up")).ToList();

        Assert.Equal(waits.Order(), waits);
        Assert.All(waits, w => Assert.InRange(w.TotalSeconds, 1, 20));
        Assert.Equal(waits, Enumerable.Range(1, 6).Select(a => InvestigationFlow.Backoff(a, "r1-up")));
        Assert.True(Enumerable.Range(0, 50).Select(i => InvestigationFlow.Backoff(1, $"s{i}")).Distinct().Count() > 20);
    }

    [Theory]
    [InlineData(InvestigationDepth.Quick, 1, true)]
    [InlineData(InvestigationDepth.Quick, 2, false)]
    [InlineData(InvestigationDepth.Standard, 3, true)]
    [InlineData(InvestigationDepth.Deep, 4, false)]
    [InlineData(InvestigationDepth.Deep, 0, false)]
    public void HasRound_ByDepth(InvestigationDepth depth, int round, bool expected) => Assert.Equal(expected, InvestigationFlow.HasRound(depth, round));

    [Fact]
    public void GoesOn_StopsAtTheLastRoundWithoutStepsOrWhenItTookTooLong()
    {
        var start = Boards.Start;

        Assert.True(InvestigationFlow.GoesOn(1, 5, start, start.AddMinutes(1)));
        Assert.False(InvestigationFlow.GoesOn(3, 5, start, start));
        Assert.False(InvestigationFlow.GoesOn(1, 0, start, start));
        Assert.False(InvestigationFlow.GoesOn(1, 5, start, start.AddHours(1)));
        Assert.True(InvestigationFlow.IsLastAttempt(3));
        Assert.False(InvestigationFlow.IsLastAttempt(2));
    }
}
