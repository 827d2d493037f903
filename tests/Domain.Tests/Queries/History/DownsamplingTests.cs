using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.History;

namespace Nightwatch.Domain.Tests.Queries.History;

public sealed class DownsamplingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 18, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1000, 4)]
    [InlineData(1000, 5)]
    [InlineData(1001, 100)]
    [InlineData(11_000, 999)]
    [InlineData(7, 6)]
    public void MinMax_AnySeries_KeepsPeakTroughEndsAndOrder(int count, int most)
    {
        var random = new Random(count + most);
        var values = Enumerable.Range(0, count).Select(_ => random.NextDouble()).ToArray();
        (values[count / 2], values[count / 3]) = (50, -50);

        var kept = Downsampling.MinMax(Series(values), most).Points;

        Assert.InRange(kept.Count, 2, most);
        Assert.Equal((50, -50), (kept.Max(p => p.Value), kept.Min(p => p.Value)));
        Assert.Equal((Noon, Noon.AddSeconds(count - 1)), (kept[0].At, kept[^1].At));
        Assert.Equal(kept.OrderBy(p => p.At).Select(p => p.At).Distinct(), kept.Select(p => p.At));
        Assert.All(kept, p => Assert.Equal(values[(int)(p.At - Noon).TotalSeconds], p.Value));
    }

    [Fact]
    public void MinMax_FewPointsOrNumbersThatAreNone_AreLeftAlone()
    {
        var few = Series([1, 2, 3]);
        var none = Series([.. Enumerable.Repeat(double.NaN, 100)]);

        Assert.Same(few, Downsampling.MinMax(few, 4));
        Assert.All(Downsampling.MinMax(none, 10).Points, p => Assert.True(double.IsNaN(p.Value)));
        Assert.Empty(Downsampling.MinMax(Series([]), 10).Points);
    }

    private static MetricSeries Series(double[] values) => new(new Dictionary<string, string>(), [.. values.Select((v, i) => new MetricPoint(Noon.AddSeconds(i), v))]);
}
