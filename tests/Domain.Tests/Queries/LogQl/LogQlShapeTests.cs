using Nightwatch.Domain.Queries.LogQl;

namespace Nightwatch.Domain.Tests.Queries.LogQl;

public sealed class LogQlShapeTests
{
    [Theory]
    [InlineData("{b=\"2\", a=~\"1\"} |~ \"x\" | c=\"d\" | e > 5", "{a=\"1\", b=\"2\"} | e > 5, c=\"d\" |= \"x\"")]
    [InlineData("sum by (a, b) (count_over_time({a=\"1\"}[24h] |= \"x\"))", "sum(count_over_time({a=\"1\"} |= `x` [1d])) by (b, a)")]
    [InlineData("sum(rate({a=\"1\"}[5m])) by ()", "sum(rate({a=\"1\"}[5m]))")]
    public void Compare_SameQuestion_AllPartsAgree(string one, string other) => Assert.Equal((true, true, true, true), Compare(one, other));

    [Theory]
    [InlineData("rate({a=\"1\"}[5m])", "rate({a=\"2\"}[5m])", false, true, true, true)]
    [InlineData("rate({a=\"1\"} |= \"x\" [5m])", "rate({a=\"1\"} != \"x\" [5m])", true, false, true, true)]
    [InlineData("sum(rate({a=\"1\"}[5m]))", "max(rate({a=\"1\"}[5m]))", true, true, false, true)]
    [InlineData("sum by (a) (rate({a=\"1\"}[5m]))", "sum(rate({a=\"1\"}[5m]))", true, true, false, true)]
    [InlineData("topk(3, rate({a=\"1\"}[5m]))", "topk(5, rate({a=\"1\"}[5m]))", true, true, false, true)]
    [InlineData("rate({a=\"1\"}[5m])", "rate({a=\"1\"}[5m] offset 1h)", true, true, true, false)]
    [InlineData("rate({a=\"1\"}[5m])", "{a=\"1\"}", true, true, false, false)]
    public void Compare_OnePartDiffers_OnlyThatPartIsWrong(string one, string other, bool selector, bool filters, bool aggregation, bool range) =>
        Assert.Equal((selector, filters, aggregation, range), Compare(one, other));

    private static (bool Selector, bool Filters, bool Aggregation, bool Range) Compare(string one, string other) =>
        LogQlShape.Of(LogQlParser.Parse(one)).Compare(LogQlShape.Of(LogQlParser.Parse(other)));
}
