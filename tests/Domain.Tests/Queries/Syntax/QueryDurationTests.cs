using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Tests.Queries.Syntax;

public sealed class QueryDurationTests
{
    [Theory]
    [InlineData("0", 0, "0s")]
    [InlineData("5m", 300_000, "5m")]
    [InlineData("90m", 5_400_000, "1h30m")]
    [InlineData("1h30m", 5_400_000, "1h30m")]
    [InlineData("4s180ms", 4180, "4s180ms")]
    [InlineData("7d", 604_800_000, "1w")]
    [InlineData("8d", 691_200_000, "8d")]
    [InlineData("36h", 129_600_000, "1d12h")]
    [InlineData("1y", 31_536_000_000, "1y")]
    [InlineData("1y2w3d4h5m6s7ms", 33_019_506_007, "382d4h5m6s7ms")]
    public void TryParse_Duration_GivesMillisecondsAndPrintsCanonically(string text, long milliseconds, string canonical)
    {
        Assert.True(QueryDuration.TryParse(text, out var actual, out var problem), problem);
        Assert.Equal(milliseconds, actual);
        Assert.True(QueryDuration.TryParse(QueryDuration.Format(actual), out var again, out _));
        Assert.Equal(milliseconds, again);
        Assert.Equal(canonical, QueryDuration.Format(actual));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("5mm")]
    [InlineData("5m1h")]
    [InlineData("5m1m")]
    [InlineData("1.5h")]
    [InlineData("5y1hs")]
    [InlineData("-5m")]
    [InlineData("300y")]
    [InlineData("99999999999999999999s")]
    public void TryParse_NoDuration_SaysWhatIsWrong(string text)
    {
        Assert.False(QueryDuration.TryParse(text, out var milliseconds, out var problem));
        Assert.Equal(0, milliseconds);
        Assert.NotEmpty(problem);
    }
}
