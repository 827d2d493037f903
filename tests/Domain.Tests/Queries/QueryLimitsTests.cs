using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries;

namespace Nightwatch.Domain.Tests.Queries;

public sealed class QueryLimitsTests
{
    [Theory]
    [InlineData("10:00:07", "11:00:07", 15, "11:00:09", "10:00:00", "11:00:00")]
    [InlineData("10:00:07", "11:00:07", 15, "11:00:16", "10:00:00", "11:00:15")]
    [InlineData("10:00:00", "11:00:00", 15, "12:00:00", "10:00:00", "11:00:00")]
    [InlineData("10:00:59", "11:00:59", 3600, "11:00:59", "10:00:00", "11:00:00")]
    [InlineData("10:00:59", "11:00:59", 3600, "12:00:00", "10:00:00", "11:01:00")]
    [InlineData("10:00:07", "11:00:08", 2, "11:00:09", "10:00:07", "11:00:08")]
    public void Align_Window_HoldsTheGivenOneAndEndsAtMostNow(string start, string end, int step, string now, string alignedStart, string alignedEnd) =>
        Assert.Equal(new TimeWindow(At(alignedStart), At(alignedEnd)), QueryLimits.Align(new TimeWindow(At(start), At(end)), TimeSpan.FromSeconds(step), At(now)));

    /// <summary>A dashboard that asks every second for the last hour.</summary>
    [Fact]
    public void Align_SlidingWindow_IsTheSameWithinAStep()
    {
        var windows = Enumerable.Range(0, 60)
            .Select(s => At("11:00:00").AddSeconds(s))
            .Select(now => QueryLimits.Align(new TimeWindow(now.AddHours(-1), now), TimeSpan.FromSeconds(15), now))
            .ToList();

        Assert.Equal(4, windows.Distinct().Count());
        Assert.All(windows, w => Assert.Equal(TimeSpan.FromHours(1), w.Length));
    }

    [Fact]
    public void Align_AsManyPointsAsThereMayBe_GivesNoMore()
    {
        var window = new TimeWindow(At("00:00:03"), At("00:00:03").AddSeconds((5 * 11_000) - 1));

        var aligned = QueryLimits.Align(window, TimeSpan.FromSeconds(5), window.End.AddDays(1));

        Assert.InRange(aligned.Length.TotalSeconds / 5, 10_998, 11_000);
    }

    [Fact]
    public void Align_OneTime_IsTheFiveSecondsBefore() => Assert.Equal(At("10:00:05"), QueryLimits.Align(At("10:00:09.999")));

    private static DateTimeOffset At(string time) => new(DateOnly.Parse("2026-11-21", System.Globalization.CultureInfo.InvariantCulture), TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Zero);
}
