using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Datasources;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Http;

/// <summary>How every source fails: shown with Prometheus' adapter, since all of them ask through one client.</summary>
public sealed class SourceFailureTests
{
    private const string Empty = """{"status":"success","data":{"resultType":"vector","result":[]}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Down_IsUnavailable()
    {
        var failure = await FailAsync($"http://127.0.0.1:{Ports.Free()}");

        Assert.Equal(SourceFailure.Unavailable, failure.Failure);
        Assert.Contains("connection refused", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownHost_IsUnavailable()
    {
        var failure = await FailAsync("http://no-such-host.invalid");

        Assert.Equal(SourceFailure.Unavailable, failure.Failure);
    }

    [Fact]
    public async Task NeverAnswers_IsTimeout()
    {
        var failure = await FailAsync(FakeServer.Stall, ("PROMETHEUS_TIMEOUT_SECONDS", "1"));

        Assert.Equal(SourceFailure.Timeout, failure.Failure);
        Assert.Equal("prometheus: no answer within 1 s", failure.Message);
    }

    [Fact]
    public async Task StallsInTheMiddleOfAnAnswer_IsTimeout()
    {
        var failure = await FailAsync(
            async context =>
            {
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync("{\"status\":");
                await context.Response.Body.FlushAsync();
                await FakeServer.Stall(context);
            },
            ("PROMETHEUS_TIMEOUT_SECONDS", "1"));

        Assert.Equal(SourceFailure.Timeout, failure.Failure);
    }

    [Fact]
    public async Task CallerGivesUp_IsItsOwnCancellation()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Stall, Cancel);
        var source = Sources.Get<IMetricSource>(("PROMETHEUS_URL", server.Url.AbsoluteUri));
        using var mine = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var asking = source.QueryAsync("up", DateTimeOffset.UnixEpoch, mine.Token);
        await Eventually.GetAsync(() => Task.FromResult(server.Requests.Count), c => c > 0);
        await mine.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Theory]
    [InlineData(500, "text/html", "<html>oops</html>", SourceFailure.Unavailable)]
    [InlineData(502, "text/html", "<html>Bad Gateway</html>", SourceFailure.Unavailable)]
    [InlineData(504, "text/html", "<html>Gateway Time-out</html>", SourceFailure.Timeout)]
    [InlineData(429, "text/plain", "slow down", SourceFailure.Unavailable)]
    [InlineData(401, "text/plain", "who are you", SourceFailure.Unauthorized)]
    [InlineData(403, "text/html", "<html>no</html>", SourceFailure.Unauthorized)]
    [InlineData(404, "text/html", "<html>not here</html>", SourceFailure.BadRequest)]
    [InlineData(503, "application/json", """{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}""", SourceFailure.Timeout)]
    [InlineData(503, "application/json", """{"status":"error","errorType":"unavailable","error":"TSDB not ready"}""", SourceFailure.Unavailable)]
    [InlineData(422, "application/json", """{"status":"error","errorType":"execution","error":"too many samples"}""", SourceFailure.BadRequest)]
    [InlineData(200, "text/html", "<html>log in</html>", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", "<html>log in</html>", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", "", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", "null", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", "{}", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", """{"status":"success"}""", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", """{"status":"success","data":null}""", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", """{"status":"error","error":"no"}""", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", """{"status":"success","data":{"resultType":"vector","result":[null]}}""", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", """{"status":"success","data":{"resultType":"vector","result":[{"metric":null,"value":[1,"1"]}]}}""", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", """{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":1},"value":[1,"1"]}]}}""", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"one"]}]}}""", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1e300,"1"]}]}}""", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":["1","1"]}]}}""", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", """{"status":"success","data":{"resultType":"vector","result":{"a":1}}}""", SourceFailure.BadAnswer)]
    [InlineData(200, "application/json", """{"status":"success","data":{"resultType":"vector","result":[""", SourceFailure.BadAnswer)]
    public async Task WrongAnswer_IsItsFailure(int status, string type, string body, SourceFailure expected)
    {
        var failure = await FailAsync(FakeServer.Text(body, type, status));

        Assert.Equal(expected, failure.Failure);
        Assert.StartsWith("prometheus: ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.True(failure.Message.Length < 400);
    }

    [Fact]
    public async Task HugeAnswer_IsBadAnswerAndIsNotReadToItsEnd()
    {
        // Without an end: whoever would read it whole never returns, or only with a timeout.
        var failure = await FailAsync(
            async context =>
            {
                context.Response.ContentType = "application/json";
                var blanks = new byte[64 * 1024];
                blanks.AsSpan().Fill((byte)' ');
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(blanks);
                }
            },
            ("PROMETHEUS_MAX_ANSWER_MB", "2"));

        Assert.Equal(SourceFailure.BadAnswer, failure.Failure);
        Assert.Contains("larger than 2 MiB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SmallCompressedAnswerThatGrowsHuge_IsBadAnswer()
    {
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(new string(' ', 16 * 1024 * 1024)), Cancel);
        }

        var failure = await FailAsync(
            async context =>
            {
                context.Response.ContentType = "application/json";
                context.Response.Headers.ContentEncoding = "gzip";
                await context.Response.Body.WriteAsync(bomb.ToArray());
            },
            ("PROMETHEUS_MAX_ANSWER_MB", "2"));

        Assert.True(bomb.Length < 100_000);
        Assert.Equal(SourceFailure.BadAnswer, failure.Failure);
        Assert.Contains("larger than 2 MiB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DamagedCompression_IsBadAnswer()
    {
        var failure = await FailAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.WriteAsync("this is not gzip");
        });

        Assert.Equal(SourceFailure.BadAnswer, failure.Failure);
    }

    [Fact]
    public async Task AnswerThatBreaksOff_IsUnavailable()
    {
        var failure = await FailAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("{\"status\":");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });

        Assert.Equal(SourceFailure.Unavailable, failure.Failure);
    }

    [Fact]
    public async Task Redirect_IsNotFollowedAndTheCredentialGoesNowhere()
    {
        await using var other = await FakeServer.StartAsync(FakeServer.Json(Empty), Cancel);
        var target = $"http://user:hidden@{other.Url.Authority}/api/v1/query";

        var failure = await FailAsync(
            context =>
            {
                context.Response.Redirect(target);
                return Task.CompletedTask;
            },
            ("PROMETHEUS_TOKEN", "very-secret-token"));

        Assert.Equal(SourceFailure.BadAnswer, failure.Failure);
        Assert.Contains("redirects to", failure.Message, StringComparison.Ordinal);
        Assert.Contains(other.Url.Authority, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", failure.Message, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    [Theory]
    [InlineData("PROMETHEUS_TOKEN", "very-secret", "Bearer very-secret")]
    [InlineData("PROMETHEUS_PASSWORD", "very-secret", "Basic bWU6dmVyeS1zZWNyZXQ=")]
    public async Task Credentials_AreSentAndNeverTold(string key, string secret, string expected)
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Text("no", "text/plain", 401), Cancel);
        var source = Sources.Get<IMetricSource>(
            ("PROMETHEUS_URL", server.Url.AbsoluteUri),
            (key, secret),
            ("PROMETHEUS_USERNAME", key.EndsWith("PASSWORD", StringComparison.Ordinal) ? "me" : null),
            ("PROMETHEUS_HEADER", "X-Scope-OrgID: team"));

        var failure = await Assert.ThrowsAsync<SourceException>(() => source.QueryAsync("up", DateTimeOffset.UnixEpoch, Cancel));

        var request = Assert.Single(server.Requests);
        Assert.Equal(expected, request.Headers["Authorization"]);
        Assert.Equal("team", request.Headers["X-Scope-OrgID"]);
        Assert.StartsWith("Nightwatch/", request.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.DoesNotContain(secret, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CredentialsInTheUrl_MoveToAHeader()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json(Empty), Cancel);
        var source = Sources.Get<IMetricSource>(("PROMETHEUS_URL", $"http://me:p%40ss@{server.Url.Authority}/sub/path"));

        await source.QueryAsync("up", DateTimeOffset.UnixEpoch, Cancel);

        var request = Assert.Single(server.Requests);
        Assert.Equal("Basic bWU6cEBzcw==", request.Headers["Authorization"]);
        Assert.Equal("/sub/path/api/v1/query?query=up&time=0&timeout=15s", request.PathAndQuery);
        Assert.DoesNotContain("p%40ss", source.LinkTo("up", new(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch)).AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LongQuery_IsPostedAsAForm()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json(Empty), Cancel);
        var source = Sources.Get<IMetricSource>(("PROMETHEUS_URL", server.Url.AbsoluteUri));
        var query = $"up{{a=\"{new string('x', 4000)}\"}}";

        await source.QueryAsync(query, DateTimeOffset.UnixEpoch, Cancel);

        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/api/v1/query"), (request.Method, request.PathAndQuery));
        Assert.Equal("application/x-www-form-urlencoded", request.Headers["Content-Type"]);
        Assert.StartsWith("query=up%7Ba%3D%22xxx", request.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WarningsAndInfos_AreKept()
    {
        await using var server = await FakeServer.StartAsync(
            FakeServer.Json("""{"status":"success","data":{"resultType":"vector","result":[]},"warnings":["a store is gone"],"infos":["metric might not be a counter"]}"""),
            Cancel);
        var source = Sources.Get<IMetricSource>(("PROMETHEUS_URL", server.Url.AbsoluteUri));

        var answer = await source.QueryAsync("up", DateTimeOffset.UnixEpoch, Cancel);

        Assert.Equal(["a store is gone", "metric might not be a counter"], answer.Notes);
    }

    private static async Task<SourceException> FailAsync(RequestDelegate answer, params (string, string?)[] settings)
    {
        await using var server = await FakeServer.StartAsync(answer, Cancel);
        return await FailAsync(server.Url.AbsoluteUri, settings);
    }

    private static async Task<SourceException> FailAsync(string url, params (string, string?)[] settings)
    {
        var source = Sources.Get<IMetricSource>([("PROMETHEUS_URL", url), .. settings]);
        return await Assert.ThrowsAsync<SourceException>(() => source.QueryAsync("up", DateTimeOffset.UnixEpoch, Cancel));
    }
}
