using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Investigations.Planning;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Tests.Investigations.Planning;

/// <summary>A target scraped every 5 s, so that rates are taken over 20 s.</summary>
public sealed class SettlingTests
{
    private static readonly InvestigationSubject Subject = Boards.Subject(expression: "sum by (service) (rate(errors_total[10s])) > 0.08");

    [Theory]
    [InlineData(2, 18)]
    [InlineData(19, 1)]
    [InlineData(20, null)]
    [InlineData(600, null)]
    public void NotBefore_CurveThatTellsNoOnset_WaitsUntilAWindowAfterTheStart(double age, int? seconds) =>
        Assert.Equal(seconds, Wait([Curve(0, 0.4, null)], age));

    [Theory]
    [InlineData(-300, null)]
    [InlineData(-10, 8)]
    public void NotBefore_CurveCrossedEarlier_CountsFromThere(double onset, int? seconds) => Assert.Equal(seconds, Wait([Curve(0, 0.4, onset)], 2));

    [Fact]
    public void NotBefore_OnsetOfAFall_IsNotTheTroubles() => Assert.Equal(18, Wait([Curve(0.4, 0.01, -60)], 2));

    [Fact]
    public void NotBefore_OnsetOfAnotherService_IsNotTheSubjects() =>
        Assert.Equal(18, Wait([Boards.Answer(Topics.AlertExpression, [.. Boards.Series("orders", 0, 0.4, "ratio", -60), .. Boards.Series("frontend", 0, 0.4, "ratio")])], 2));

    [Fact]
    public void NotBefore_SlowScrapes_WaitsHalfAMinuteAtMost() =>
        Assert.Equal(30, (int?)(Settling.NotBefore(Subject, [Curve(0, 0.4, null), Scrapes(1)], Boards.Start.AddSeconds(2)) - Boards.Start.AddSeconds(2))?.TotalSeconds);

    [Fact]
    public void NotBefore_NoCurve_DoesNotWait()
    {
        Assert.Null(Wait([], 2));
        Assert.Null(Wait([Curve(0, 0.4, null) with { Status = ToolStatus.Error }], 2));
    }

    [Fact]
    public void LookedEarly_IsToldFromWhenTheCurveWasRecorded()
    {
        Assert.True(Settling.LookedEarly(Subject, [Scrapes(12), Curve(0, 0.4, null) with { RecordedAt = Boards.Start.AddSeconds(2) }]));
        Assert.False(Settling.LookedEarly(Subject, [Scrapes(12), Curve(0, 0.4, null) with { RecordedAt = Boards.Start.AddSeconds(25) }]));
        Assert.False(Settling.LookedEarly(Subject, [Scrapes(12)]));
    }

    private static int? Wait(Evidence[] curve, double age)
    {
        var now = Boards.Start.AddSeconds(age);
        return (int?)(Settling.NotBefore(Subject, [Scrapes(12), .. curve], now) - now)?.TotalSeconds;
    }

    private static Evidence Scrapes(double perMinute) =>
        Boards.Answer(Topics.Scrape, [new Fact { Name = "latest", Value = perMinute }, new Fact { Name = "first", Value = perMinute, At = Boards.Start.AddHours(-1) }]);

    private static Evidence Curve(double before, double during, double? onset) =>
        Boards.Answer(Topics.AlertExpression, Boards.Series("frontend", before, during, "ratio", onset));
}
