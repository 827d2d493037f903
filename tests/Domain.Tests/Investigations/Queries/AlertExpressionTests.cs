using Nightwatch.Domain.Investigations.Queries;

namespace Nightwatch.Domain.Tests.Investigations.Queries;

public sealed class AlertExpressionTests
{
    [Theory]
    [InlineData("up == 0", "up", null, false)]
    [InlineData("rate(x_total[5m]) > 0.05", "rate(x_total[5m])", 0.05, true)]
    [InlineData("a_b / c_d >= bool 1e3", "a_b / c_d", 1000d, true)]
    [InlineData("free_bytes < 10", "free_bytes", 10d, false)]
    [InlineData("5 < load_avg", "load_avg", 5d, true)]
    [InlineData("a_b > c_d", "a_b", null, true)]
    [InlineData("absent(up{job=\"x\"})", "absent(up{job=\"x\"})", null, true)]
    [InlineData("sum(x_y{a=\"1 > 2\"}) > 3", "sum(x_y{a=\"1 > 2\"})", 3d, true)]
    [InlineData("(a_b > 1) > 2", "(a_b > 1)", 2d, true)]
    [InlineData("a_b{c=~\"x|y\"} != 0", "a_b{c=~\"x|y\"}", null, false)]
    [InlineData("sum by (s) (rate(e_total[30s])) / sum by (s) (rate(r_total[30s])) > 0.08 and sum by (s) (rate(r_total[30s])) > 0.5", "sum by (s) (rate(e_total[30s])) / sum by (s) (rate(r_total[30s]))", 0.08, true)]
    [InlineData("node_load1 > 3 # > 5 and more", "node_load1", null, true)]
    [InlineData("memory_android > 7 unless on(job) maintenance_mode", "memory_android", 7d, true)]
    public void Read_Expressions_SplitsMeasuredFromThreshold(string text, string measured, double? threshold, bool above)
    {
        var read = AlertExpression.Read(text)!;

        Assert.Equal(measured, read.Measured);
        Assert.Equal(threshold, read.Threshold);
        if (threshold is not null)
        {
            Assert.Equal(above, read.FiresAbove);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(null)]
    public void Read_Nothing_IsNull(string? text) => Assert.Null(AlertExpression.Read(text));

    [Fact]
    public void Read_TooLong_IsNull() => Assert.Null(AlertExpression.Read(new string('a', AlertExpression.MaxLength + 1)));

    [Theory]
    [InlineData("sum(rate(\"")]
    [InlineData("}}}} > 1")]
    [InlineData("a > > > 1 and and")]
    [InlineData("\\\"")]
    [InlineData("> 5")]
    public void Read_BrokenText_StillAnswers(string text) => Assert.NotEmpty(AlertExpression.Read(text)!.Measured);

    [Fact]
    public void Read_MetricsAndConditions_AreFound()
    {
        var read = AlertExpression.Read("sum(rate(http_requests_total{service=\"orders\",code=~\"5..\",namespace=\"shop\"}[5m])) > 1")!;

        Assert.Contains("http_requests_total", read.Metrics);
        Assert.Equal("orders", read.Conditions["service"]);
        Assert.Equal("shop", read.Conditions["namespace"]);
        Assert.DoesNotContain("code", read.Conditions.Keys);
    }
}
