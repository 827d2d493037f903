using System.Net.Http.Json;
using System.Text.Json;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Loki;

public sealed class LokiLogSourceTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 18, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeWindow Hour = new(Noon, Noon.AddHours(1));

    private FakeLoki? loki;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ILogSource Source => Sources.Get<ILogSource>(("LOKI_URL", loki!.Url.AbsoluteUri), ("LOKI_TENANT", "team-a"));

    public async ValueTask InitializeAsync()
    {
        loki = await FakeLoki.StartAsync(Cancel);
        using var client = new HttpClient { BaseAddress = loki.Url };
        var body = new
        {
            streams = new[]
            {
                Stream("orders", (0, "started"), (60, "error: payment refused"), (120, "error: payment timed out"), (3600, "at the very end")),
                Stream("payment", (90, "panic: out of memory, password=hunter22")),
            },
        };
        using var response = await client.PostAsJsonAsync("loki/api/v1/push", body, Cancel);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync() => await loki!.DisposeAsync();

    [Theory]
    [InlineData("{service=\"orders\"}", "at the very end|error: payment timed out|error: payment refused|started")]
    [InlineData("{env=\"test\", service!=\"orders\"}", "panic: out of memory, password=hunter22")]
    [InlineData("{service=~\"ord.*\"} |= \"error\" != \"refused\"", "error: payment timed out")]
    [InlineData("{env=\"test\", service!~\"pay.*\"} |~ \"refused|started\"", "error: payment refused|started")]
    [InlineData("{service=\"orders\"} !~ \"^error\"", "at the very end|started")]
    public async Task QueryRange_SelectorsAndFilters_GiveTheNewestFirst(string query, string expected)
    {
        var lines = await Source.QueryRangeAsync(query, Hour, 10, Cancel);

        Assert.Equal(expected.Split('|'), lines.Select(l => l.Line));
    }

    [Fact]
    public async Task QueryRange_Streams_AreMergedInOrderOfTimeUpToTheLimit()
    {
        var lines = await Source.QueryRangeAsync("{service=~\".+\"}", new TimeWindow(Noon, Noon.AddMinutes(5)), 3, Cancel);

        Assert.Equal([120, 90, 60], lines.Select(l => (l.At - Noon).TotalSeconds));
        Assert.Equal("payment", lines[1].Labels["service"]);
        Assert.Equal("team-a", loki!.Requests.Last().Headers["X-Scope-OrgID"]);
    }

    [Fact]
    public async Task QueryRange_SyntaxError_IsBadRequestInLokisWords()
    {
        var failure = await Assert.ThrowsAsync<SourceException>(() => Source.QueryRangeAsync("nonsense", Hour, 10, Cancel));

        Assert.Equal(SourceFailure.BadRequest, failure.Failure);
        Assert.Equal("loki: parse error at line 1, col 1: syntax error: unexpected IDENTIFIER (400)", failure.Message);
    }

    [Fact]
    public async Task QueryRange_MetricQuery_IsBadRequest()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]]}]}}"""), Cancel);

        var failure = await Assert.ThrowsAsync<SourceException>(
            () => Sources.Get<ILogSource>(("LOKI_URL", server.Url.AbsoluteUri)).QueryRangeAsync("rate({a=\"b\"}[5m])", Hour, 10, Cancel));

        Assert.Equal(SourceFailure.BadRequest, failure.Failure);
    }

    [Theory]
    [InlineData("""{"status":"success","data":{"resultType":"streams","result":[{"stream":{},"values":[["soon","line"]]}]}}""")]
    [InlineData("""{"status":"success","data":{"resultType":"streams","result":[{"stream":{},"values":[[1,"line"]]}]}}""")]
    [InlineData("""{"status":"success","data":{"resultType":"streams","result":[{"values":[]}]}}""")]
    [InlineData("""{"status":"success","data":{"resultType":"streams","result":[null]}}""")]
    [InlineData("""{"status":"success"}""")]
    public async Task QueryRange_WrongForm_IsBadAnswer(string json)
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json(json), Cancel);

        var failure = await Assert.ThrowsAsync<SourceException>(
            () => Sources.Get<ILogSource>(("LOKI_URL", server.Url.AbsoluteUri)).QueryRangeAsync("{a=\"b\"}", Hour, 10, Cancel));

        Assert.Equal(SourceFailure.BadAnswer, failure.Failure);
    }

    [Fact]
    public async Task QueryRange_StructuredMetadata_IsPassedOver()
    {
        await using var server = await FakeServer.StartAsync(
            FakeServer.Json("""{"status":"success","data":{"resultType":"streams","result":[{"stream":{"a":"b"},"values":[["1000000000","line",{"trace":"x"}]]}]}}"""),
            Cancel);

        var lines = await Sources.Get<ILogSource>(("LOKI_URL", server.Url.AbsoluteUri)).QueryRangeAsync("{a=\"b\"}", Hour, 10, Cancel);

        Assert.Equal((DateTimeOffset.UnixEpoch.AddSeconds(1), "line"), (lines[0].At, lines[0].Line));
    }

    [Fact]
    public async Task Labels_AndTheirValues_AreListed()
    {
        Assert.Equal(["env", "service"], await Source.ListLabelsAsync(Hour, Cancel));
        Assert.Equal(["orders", "payment"], await Source.ListLabelValuesAsync("service", Hour, Cancel));
        Assert.Empty(await Source.ListLabelValuesAsync("none", Hour, Cancel));
    }

    [Fact]
    public async Task LabelValues_OfSomeStreams_AreAskedForWithTheSelector()
    {
        await Source.ListLabelValuesAsync("service", "{env=\"a&b\"}", Hour, Cancel);

        Assert.EndsWith("&query=%7Benv%3D%22a%26b%22%7D", loki!.Requests.Last().PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public void LinkTo_WithGrafana_IsExplore()
    {
        var source = Sources.Get<ILogSource>(("LOKI_URL", loki!.Url.AbsoluteUri), ("GRAFANA_URL", "https://grafana.example/"), ("LOKI_DATASOURCE_UID", "uid1"));

        var link = source.LinkTo("{a=\"b\"}", Hour);

        Assert.Equal("https://grafana.example/explore", link.GetLeftPart(UriPartial.Path));
        var panes = JsonDocument.Parse(Uri.UnescapeDataString(link.Query.Split("panes=")[1])).RootElement.GetProperty("logs");
        Assert.Equal("uid1", panes.GetProperty("datasource").GetString());
        Assert.Equal("{a=\"b\"}", panes.GetProperty("queries")[0].GetProperty("expr").GetString());
        Assert.Equal("1795003200000", panes.GetProperty("range").GetProperty("from").GetString());
    }

    [Fact]
    public async Task QueryLogs_Tool_MasksSecretsInLines()
    {
        var catalog = Sources.Get<IToolCatalog>(("LOKI_URL", loki!.Url.AbsoluteUri));

        var result = await catalog.InvokeAsync(
            new ToolRequest
            {
                Name = "query_logs",
                Caller = Callers.With("default", Scope.Everywhere, Permission.ReadLogs),
                Arguments = JsonSerializer.Serialize(new { query = "{service=\"payment\"}", start = Hour.Start, end = Hour.End, limit = 1 }),
            },
            Cancel);

        var line = Assert.Single(result.Data!.Value.GetProperty("lines").EnumerateArray());
        Assert.Equal("panic: out of memory, password=[masked]", line.GetProperty("line").GetString());
        Assert.Equal("{service=\"payment\"}", result.Invocation);
        Assert.Contains("newest 1 lines", result.Message, StringComparison.Ordinal);
    }

    private static object Stream(string service, params (int Second, string Line)[] lines) => new
    {
        stream = new { service, env = "test" },
        values = lines.Select(l => new[] { $"{Noon.AddSeconds(l.Second).ToUnixTimeSeconds()}000000000", l.Line }),
    };
}
