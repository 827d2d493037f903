using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Queries.History;

namespace Nightwatch.Domain.Tests.Queries.History;

public sealed class ObjectiveMathTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 18, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Measure_BusyAndQuietMinutes_AreWeightedByTheirRequests()
    {
        // A quiet minute in which everything fails: 1 of 1, beside 9 minutes of 111 requests per second without a failure.
        var points = Points(SloKind.Availability, [1, .. Enumerable.Repeat(111d, 9)], [1, .. Enumerable.Repeat(0d, 9)]);

        var measure = ObjectiveMath.Measure(SloKind.Availability, 99, points, Minute, 10);

        Assert.Equal(99.9, measure.Measured!.Value, 9);
        Assert.Equal((true, 0.9, 0.1), (measure.Compliant, Math.Round(measure.ErrorBudgetLeft!.Value, 9), Math.Round(measure.BurnRate!.Value, 9)));
        Assert.Equal((60_000, 60), (measure.Requests, measure.FailedRequests));
        Assert.Equal(new BrokenInterval(Noon - Minute, Noon, 1, 0), Assert.Single(measure.Broken));
    }

    [Theory]
    [InlineData(SloKind.Availability, 99, 1, true)]
    [InlineData(SloKind.Availability, 99, 1.01, false)]
    [InlineData(SloKind.ErrorRate, 1, 1, true)]
    [InlineData(SloKind.ErrorRate, 1, 1.01, false)]
    public void Measure_AtTheObjectiveItself_IsMet(SloKind kind, double objective, double failed, bool expected)
    {
        var measure = ObjectiveMath.Measure(kind, objective, Points(kind, [100, 100, 100], [failed, failed, failed]), Minute, 3);

        Assert.Equal(expected, measure.Compliant);
        Assert.Equal(kind == SloKind.ErrorRate ? failed : 100 - failed, measure.Measured!.Value, 9);
    }

    [Fact]
    public void Measure_BrokenMinutes_MergeWhereTheyTouchAndKeepTheWorst()
    {
        double[] failed = [0, 5, 9, 7, 0, 3, 0];
        var points = Points(SloKind.Availability, [.. failed.Select(_ => 10d)], failed).Where(p => p.At != Noon.AddMinutes(3)).ToList();

        var broken = ObjectiveMath.Measure(SloKind.Availability, 99, points, Minute, 7).Broken;

        // The fourth minute is missing, so that nothing joins over it.
        Assert.Equal([new(Noon, Noon.AddMinutes(2), 2, 10), new(Noon.AddMinutes(4), Noon.AddMinutes(5), 1, 70)], broken.Select(b => b with { Worst = Math.Round(b.Worst, 6) }));
    }

    [Fact]
    public void Measure_NothingOrNoRequests_IsNotKnown()
    {
        var nothing = ObjectiveMath.Measure(SloKind.Availability, 99, [], Minute, 10);
        var idle = ObjectiveMath.Measure(SloKind.Availability, 99, Points(SloKind.Availability, [0, 0], [0, 0]), Minute, 4);

        Assert.Equal((null, null, 0d), (nothing.Measured, nothing.Compliant, nothing.Coverage));
        Assert.Equal((null, null, 0.5), (idle.Measured, idle.Compliant, idle.Coverage));
    }

    [Fact]
    public void Points_GapsAndNumbersThatAreNone_AreLeftOutOrNoFailures()
    {
        var total = new Dictionary<DateTimeOffset, double> { [Noon] = 10, [Noon + Minute] = double.NaN, [Noon + (2 * Minute)] = 10, [Noon + (3 * Minute)] = 10, [Noon + (4 * Minute)] = double.PositiveInfinity };
        var failed = new Dictionary<DateTimeOffset, double> { [Noon] = 1, [Noon + (2 * Minute)] = double.NaN, [Noon + (9 * Minute)] = 5 };

        Assert.Equal([1, 0, 0], ObjectiveMath.Points(SloKind.ErrorRate, total, failed, isGood: false).Select(p => p.Bad));
        Assert.Equal([9, 10, 10], ObjectiveMath.Points(SloKind.Availability, total, failed, isGood: true).Select(p => p.Bad));
        Assert.Equal([10, 0, 0], ObjectiveMath.Points(SloKind.ErrorRate, total, failed, isGood: false).Select(p => p.Value));
    }

    [Fact]
    public void Latency_ShareOfMinutes_IsMeasured()
    {
        double[] seconds = [0.1, 0.5, 0.51, double.NaN, 2, 0.2];
        var points = ObjectiveMath.Latency(seconds.Select((s, i) => (At: Noon.AddMinutes(i), s)).ToDictionary(p => p.At, p => p.s), 0.5);

        var measure = ObjectiveMath.Measure(SloKind.LatencyP95, 90, points, Minute, 6);

        Assert.Equal((60, false, 2), (measure.Measured!.Value, measure.Compliant, measure.BadMinutes));
        Assert.Equal(5 / 6d, measure.Coverage);
        Assert.Equal([0.51, 2], measure.Broken.Select(b => b.Worst));
        Assert.Null(measure.Requests);
    }

    [Theory]
    [InlineData(24, 60, 1440)]
    [InlineData(168, 60, 10_080)]
    [InlineData(169, 120, 5_070)]
    [InlineData(720, 300, 8_640)]
    public void Grid_Windows_AreEvaluatedAtTheirEndAndBefore(int hours, int seconds, int expected)
    {
        var window = new Nightwatch.Domain.Datasources.TimeWindow(Noon.AddHours(-hours), Noon);

        var (evaluated, step, count) = MeasureHealth.Grid(window);

        Assert.Equal((TimeSpan.FromSeconds(seconds), expected, window.Start + step, Noon), (step, count, evaluated.Start, evaluated.End));
    }

    private static IReadOnlyList<ObjectivePoint> Points(SloKind kind, double[] total, double[] failed) => ObjectiveMath.Points(
        kind, total.Select((v, i) => (i, v)).ToDictionary(p => Noon.AddMinutes(p.i), p => p.v), failed.Select((v, i) => (i, v)).ToDictionary(p => Noon.AddMinutes(p.i), p => p.v), isGood: false);
}
