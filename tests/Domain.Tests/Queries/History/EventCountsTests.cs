using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.History;
using Nightwatch.Domain.Queries.LogQl;

namespace Nightwatch.Domain.Tests.Queries.History;

public sealed class EventCountsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 18, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_KnownCounts_AddUpAndTheRestIsUnknown()
    {
        var window = new TimeWindow(Noon.AddMinutes(-100), Noon);
        var half = TimeSpan.FromMinutes(30);
        var counts = EventCounts.Of(window, half, At((-90, 5), (-60, 10), (-30, 7), (0, 4)), new Dictionary<string, IReadOnlyDictionary<DateTimeOffset, double>> { ["error"] = At((-60, 10), (0, 1)), ["info"] = At((-90, 2), (-30, 7), (0, double.NaN)) });

        Assert.Equal(26, counts.Total);
        Assert.Equal(new SortedDictionary<string, long> { ["error"] = 11, ["info"] = 9, ["unknown"] = 6 }, counts.Levels);
        Assert.Equal([10, 30, 30, 30], counts.Buckets.Select(b => (b.End - b.Start).TotalMinutes));
        Assert.Equal(new EventHour(Noon.AddMinutes(-100), Noon.AddHours(-1), 15), counts.PeakHour);
    }

    [Fact]
    public void Of_NothingOrBucketsThatAreNoPartOfAnHour_HaveNoPeak()
    {
        var window = new TimeWindow(Noon.AddHours(-5), Noon);
        var none = new Dictionary<string, IReadOnlyDictionary<DateTimeOffset, double>>();

        Assert.Null(EventCounts.Of(window, TimeSpan.FromHours(1), At(), none).PeakHour);
        Assert.Null(EventCounts.Of(window, TimeSpan.FromHours(2), At((0, 5)), none).PeakHour);
        Assert.Null(EventCounts.Of(window, TimeSpan.FromMinutes(7), At((0, 5)), none).PeakHour);
        Assert.Equal(3, EventCounts.Of(window, TimeSpan.FromHours(2), At((0, 5)), none).Buckets.Count);
    }

    [Theory]
    [InlineData("ERR", "error")]
    [InlineData(" Warning ", "warn")]
    [InlineData("Information", "info")]
    [InlineData("critical", "fatal")]
    [InlineData("audit", "audit")]
    [InlineData("", "unknown")]
    [InlineData(null, "unknown")]
    public void Normal_SpellingsOfALevel_AreOne(string? level, string expected) => Assert.Equal(expected, LogLevels.Normal(level));

    [Theory]
    [InlineData("detected_level", "warn", "boom", "{a=\"b\"} | detected_level =~ \"(?i)error|err|eror\"")]
    [InlineData("pod", "p", "{\"severity\":\"WARN\",\"msg\":\"x\"}", "{a=\"b\"} | json level=\"severity\" | level =~ \"(?i)error|err|eror\"")]
    [InlineData("pod", "p", "ts=1 level=warn msg=x", "{a=\"b\"} | logfmt level=\"level\" | level =~ \"(?i)error|err|eror\"")]
    [InlineData("pod", "p", "nothing to see, level is high", null)]
    [InlineData("detected_level", "unknown", "{\"level\":3", null)]
    public void Only_HoweverLinesTellTheirLevel_IsAFilter(string label, string value, string line, string? expected)
    {
        var levels = LogLevels.Of([new LogEntry(Noon, new Dictionary<string, string> { [label] = value }, line)]);

        Assert.Equal(expected, levels.Only(LogQlFactory.Select(LogQlFactory.Equal("a", "b")), "error")?.ToString());
    }

    private static Dictionary<DateTimeOffset, double> At(params (int Minutes, double Count)[] counts) => counts.ToDictionary(c => Noon.AddMinutes(c.Minutes), c => c.Count);
}
