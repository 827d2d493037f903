using System.Text.Json;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Tests.Tools;

public sealed class ToolRenderingTests
{
    [Fact]
    public void ForModel_SmallResult_IsWhole()
    {
        var text = ToolRendering.ForModel(Result(3) with { Link = "http://p/graph" }, 128_000);

        var view = JsonDocument.Parse(text).RootElement;
        Assert.Equal("success", view.GetProperty("status").GetString());
        Assert.Equal("up{a=\"b\"}", view.GetProperty("invocation").GetString());
        Assert.Equal("http://p/graph", view.GetProperty("link").GetString());
        Assert.Equal(3, view.GetProperty("data").GetProperty("samples").GetArrayLength());
        Assert.False(view.TryGetProperty("message", out _));
    }

    [Theory]
    [InlineData(1_000_000, 25_000 * 4)]
    [InlineData(32_000, 4_800 * 4)]
    [InlineData(4_000, 600 * 4)]
    public void ForModel_LargeResult_FitsTheSmallerOfBothCapsAndSaysWhatIsMissing(int context, int limit)
    {
        var text = ToolRendering.ForModel(Result(10_000), context);

        Assert.InRange(text.Length, limit / 2, limit);
        var view = JsonDocument.Parse(text).RootElement;
        var kept = view.GetProperty("data").GetProperty("samples").GetArrayLength();
        Assert.Equal($"only {kept} of 10000 samples are shown", view.GetProperty("message").GetString());
        Assert.Equal(10_000, view.GetProperty("data").GetProperty("total").GetInt32());
    }

    [Fact]
    public void ForModel_LongTexts_AreCutRatherThanDropped()
    {
        var data = ToolJson.ToElement(new { lines = Enumerable.Range(0, 20).Select(i => $"{i} {new string('é', 8000)}") });

        var text = ToolRendering.ForModel(Result(0) with { Data = data }, 16_000);

        Assert.True(text.Length <= 2_400 * 4);
        var view = JsonDocument.Parse(text).RootElement;
        Assert.True(view.GetProperty("data").GetProperty("lines").GetArrayLength() > 1);
        Assert.Contains("long texts are cut", view.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ForModel_OneHugeSeries_KeepsItsFirstPoints()
    {
        var data = ToolJson.ToElement(new { series = new[] { new { labels = new { a = "b" }, points = Enumerable.Range(0, 5000).Select(i => new double[] { i, i }) } }, total = 1 });

        var text = ToolRendering.ForModel(Result(0) with { Data = data }, 8_000);

        Assert.True(text.Length <= 1_200 * 4);
        var points = JsonDocument.Parse(text).RootElement.GetProperty("data").GetProperty("series")[0].GetProperty("points");
        Assert.InRange(points.GetArrayLength(), 100, 4999);
    }

    [Fact]
    public void ForModel_NoRoom_LeavesTheDataOutAndSaysSo()
    {
        var text = ToolRendering.ForModel(Result(10_000), 200);

        Assert.DoesNotContain("host-", text, StringComparison.Ordinal);
        Assert.Contains("the data is left out", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ForModel_NoData_SaysWhy()
    {
        var text = ToolRendering.ForModel(Outcome.NoData("No series matches.") with { Invocation = "up" }, 8_000);

        Assert.Equal("""{"status":"no_data","invocation":"up","message":"No series matches."}""", text);
    }

    private static ToolResult Result(int samples) => Outcome.Success(new
    {
        samples = Enumerable.Range(0, samples).Select(i => new { labels = new { instance = $"host-{i}" }, value = i }),
        total = samples,
    }) with
    { Invocation = "up{a=\"b\"}" };
}
