using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Queries.History;
using Nightwatch.Domain.Queries.PromQl;

namespace Nightwatch.Domain.Tests.Queries.History;

public sealed class HistoryTimesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 18, 12, 0, 0, TimeSpan.Zero);
    private static readonly HistoryTimes Times = new(QueryLimits.Default, TimeProvider.System);

    [Theory]
    [InlineData(168, 60, 1)]
    [InlineData(169, 60, 2)]
    [InlineData(24 * 90, 300, 13)]
    [InlineData(400, 7201, 3)]
    [InlineData(3, 1, 1)]
    [InlineData(24, 1, 8)]
    public void Parts_LongWindow_HaveThePointsOfTheWhole(int hours, int seconds, int expected)
    {
        var window = new TimeWindow(Noon.AddHours(-hours), Noon);
        var step = TimeSpan.FromSeconds(seconds);

        var parts = Times.Parts(window, step);

        Assert.Equal(expected, parts.Count);
        Assert.Equal(Grid(window, step), parts.SelectMany(p => Grid(p, step)));
        Assert.All(parts, p => Assert.True(p.Length <= QueryLimits.Default.MaxRange && p.Length / step < 11_000, p.ToString()));
    }

    [Fact]
    public void StatisticParts_Windows_TouchAndCoverTheWhole()
    {
        var window = new TimeWindow(Noon.AddHours(-400.5), Noon);

        var parts = WindowStatistics.Parts(window, TimeSpan.FromMinutes(7), TimeSpan.FromHours(168));

        Assert.Equal((window.Start, window.End, 3), (parts[0].Start, parts[^1].End, parts.Count));
        Assert.Equal(parts.Skip(1).Select(p => p.Start), parts.SkipLast(1).Select(p => p.End));
        Assert.All(parts, p => Assert.True(p.Length <= TimeSpan.FromHours(168)));
    }

    [Theory]
    [InlineData(WindowStatistic.Sum, 12)]
    [InlineData(WindowStatistic.Count, 12)]
    [InlineData(WindowStatistic.Min, 2)]
    [InlineData(WindowStatistic.Max, 10)]
    [InlineData(WindowStatistic.Avg, 4)]
    public void Join_Parts_GiveTheNumberOfTheWhole(WindowStatistic statistic, double expected) =>
        Assert.Equal(expected, WindowStatistics.Join(statistic, [(10, 1), (2, 3)]));

    [Fact]
    public void Join_NoPartsOrAQuantileOfSeveral_IsNoNumber()
    {
        Assert.Null(WindowStatistics.Join(WindowStatistic.Avg, []));
        Assert.Null(WindowStatistics.Join(WindowStatistic.Avg, [(5, 0)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => WindowStatistics.Join(WindowStatistic.P95, [(1, 1), (2, 1)]));
        Assert.Equal([false, false, false, false], new[] { WindowStatistic.P50, WindowStatistic.P95, WindowStatistic.P99, WindowStatistic.Stddev }.Select(WindowStatistics.Splits));
    }

    [Theory]
    [InlineData("up", WindowStatistic.Avg, "avg_over_time(up[59m59s999ms:1m])")]
    [InlineData("sum(a) / sum(b)", WindowStatistic.P95, "quantile_over_time(0.95, (sum(a) / sum(b))[59m59s999ms:1m])")]
    [InlineData("-a", WindowStatistic.Stddev, "stddev_over_time((-a)[59m59s999ms:1m])")]
    public void Query_AnyExpression_IsASubquery(string query, WindowStatistic statistic, string expected) =>
        Assert.Equal(expected, WindowStatistics.Query(PromQlQuery.Parse(query), statistic, new TimeWindow(Noon.AddHours(-1), Noon), TimeSpan.FromMinutes(1)));

    [Fact]
    public void Token_OfAPage_ComesBackAndAnythingElseIsNone()
    {
        var token = PageToken.For(new TimeWindow(Noon.AddHours(-1), Noon)) with { Skip = 3, Inner = 7, Ticks = Noon.UtcTicks };

        Assert.Equal(token, PageToken.Read(token.ToString()));
        Assert.All(["", "e30", "====", "bnVsbA", new string('a', 600), Encoded("""{"Start":9,"End":1}"""), Encoded("""{"Start":1,"End":9223372036854775807}"""), Encoded("""{"Start":1,"End":2,"Skip":-1}"""), Encoded("[[")], text => Assert.Null(PageToken.Read(text)));
    }

    private static string Encoded(string text) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(text));

    private static IEnumerable<DateTimeOffset> Grid(TimeWindow window, TimeSpan step)
    {
        for (var at = window.Start; at <= window.End; at += step)
        {
            yield return at;
        }
    }
}
