using System.Text.Json;
using Nightwatch.Domain.Queries.Asking;

namespace Nightwatch.Domain.Tests.Queries.Asking;

public sealed class QuantityTextTests
{
    [Theory]
    [InlineData(0.0196078431, "ratio", "1.961 %")]
    [InlineData(1d, "ratio", "100 %")]
    [InlineData(0d, "ratio", "0 %")]
    [InlineData(99.99999, "percent", "100 %")]
    [InlineData(6442450944, "bytes", "6 GiB")]
    [InlineData(-1536, "bytes", "-1.5 KiB")]
    [InlineData(1500000, "bytes_per_second", "1.431 MiB/s")]
    [InlineData(0.000_25, "seconds", "250 µs")]
    [InlineData(0.1234, "seconds", "123.4 ms")]
    [InlineData(90d, "seconds", "90 s")]
    [InlineData(5400d, "seconds", "90 min")]
    [InlineData(86400d, "seconds", "24 h")]
    [InlineData(864000d, "seconds", "10 days")]
    [InlineData(1234567d, "count", "1,234,567")]
    [InlineData(123456789d, "count", "1.235e8")]
    [InlineData(0.00001234, "count", "1.234e-5")]
    [InlineData(2.5, "cores", "2.5 cores")]
    [InlineData(2d, "per_second", "2/s")]
    public void Of_ValueWithUnit_IsAsPeopleReadIt(double value, string unit, string expected) => Assert.Equal(expected, QuantityText.Of(value, unit));

    [Fact]
    public void Of_NoNumber_IsSaidToBeNone() => Assert.Equal("no number (NaN or infinite)", QuantityText.Of(null, "ratio"));

    [Theory]
    [InlineData("""{"samples":[],"total":0}""", "no data")]
    [InlineData("""{"samples":[{"labels":{},"value":0.5,"at":"2026-11-18T12:00:00Z"}],"total":1}""", "50 %")]
    [InlineData("""{"samples":[{"labels":{"job":"j","service":"a"},"value":0.1,"at":"2026-11-18T12:00:00Z"},{"labels":{"job":"j","service":"b"},"value":0.3,"at":"2026-11-18T12:00:00Z"}],"total":2}""", "b 30 %, a 10 %")]
    [InlineData("""{"samples":[{"labels":{"service":"a"},"value":null,"at":"2026-11-18T12:00:00Z"}],"total":1}""", "no number (NaN or infinite) (a)")]
    [InlineData("""{"series":[{"labels":{},"points":[[1795003200,0.1],[1795006800,0.4],[1795010400,0.2],[1795010460,null]]}],"step_seconds":3600,"total":1}""", "last 20 %, lowest 10 % at 2026-11-18 13:00, highest 40 % at 2026-11-18 14:00")]
    [InlineData("""{"series":[{"labels":{"a":"x"},"points":[[1795003200,0.1],[1795006800,0.1]]}],"step_seconds":3600,"total":1}""", "10 % all the time")]
    [InlineData("""{"lines":[{"at":"2026-11-18T12:00:00Z","labels":{},"line":"it\nbroke"}],"total":1}""", "1 line, the newest of 2026-11-18 13:00: “it broke”")]
    public void Summary_OfData_IsInTheAskersTime(string data, string expected) =>
        Assert.Equal(expected, ResultSummary.Of(JsonDocument.Parse(data).RootElement, "ratio", TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")));

    [Fact]
    public void Summary_ManySamples_TellsTheLargestAndHowManyThereAre()
    {
        var samples = Enumerable.Range(1, 9).Select(i => $$"""{"labels":{"pod":"p{{i}}"},"value":{{i}},"at":"2026-11-18T12:00:00Z"}""");

        var text = ResultSummary.Of(JsonDocument.Parse($$"""{"samples":[{{string.Join(',', samples)}}],"total":9}""").RootElement, "count", TimeZoneInfo.Utc);

        Assert.Equal("p9 9, p8 8, p7 7, p6 6, p5 5; these are the largest 5 of 9", text);
    }
}
