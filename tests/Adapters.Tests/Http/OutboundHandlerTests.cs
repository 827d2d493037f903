using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Nightwatch.Adapters.Http;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Adapters.Tests.Http;

/// <summary>Redirects and bounds, over the wire.</summary>
public sealed class OutboundHandlerTests
{
    private static readonly OutboundLimits Small = new() { MaxAnswerBytes = 100_000 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/", OutboundRule.PlatformAddress)]
    [InlineData("http://metadata.google.internal/", OutboundRule.PlatformAddress)]
    [InlineData("http://127.0.0.1:1/", OutboundRule.PrivateAddress)]
    [InlineData("//10.0.0.1/x", OutboundRule.PrivateAddress)]
    [InlineData("http://user:pass@listed.example/", OutboundRule.UserInfo)]
    [InlineData("file:///etc/passwd", OutboundRule.Scheme)]
    public async Task RedirectToWhatIsNotAllowed_IsRefused(string target, OutboundRule expected)
    {
        await using var server = await FakeServer.StartAsync(Redirect(target), Cancel);
        using var client = Guarded.Client(OutboundTrust.OperatorAndOthers(server.Url));

        var refusal = await Guarded.RefusedAsync(() => client.SendAsync(Following(server.Url), Cancel));

        Assert.Equal(expected, refusal.Rule);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    [InlineData(int.MaxValue, false)]
    public async Task ChainOfRedirects_IsFollowedFiveTimes(int length, bool arrives)
    {
        await using var server = await FakeServer.StartAsync(
            context =>
            {
                var at = int.Parse(context.Request.Path.Value![1..], null);
                return at >= length ? FakeServer.Json("{}")(context) : Redirect($"/{at + 1}")(context);
            },
            Cancel);
        using var client = Guarded.Client(OutboundTrust.Operator(server.Url));

        if (arrives)
        {
            using var answer = await client.SendAsync(Following(new Uri(server.Url, "/0"), 99), Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        else
        {
            Assert.Equal(OutboundRule.Redirect, (await Guarded.RefusedAsync(() => client.SendAsync(Following(new Uri(server.Url, "/0"), 99), Cancel))).Rule);
        }

        Assert.Equal(6, server.Requests.Count);
    }

    [Theory]
    [InlineData("GET", 0)]
    [InlineData("POST", 5)]
    [InlineData("DELETE", 5)]
    public async Task RedirectThatNobodyAskedToFollow_IsTheAnswer(string method, int follow)
    {
        await using var server = await FakeServer.StartAsync(Redirect("/next", 307), Cancel);
        using var client = Guarded.Client(OutboundTrust.Operator(server.Url));
        using var request = Following(server.Url, follow);
        request.Method = new HttpMethod(method);

        using var answer = await client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Credentials_StayWithTheirOrigin()
    {
        await using var other = await FakeServer.StartAsync(FakeServer.Json("{}"), Cancel);
        await using var server = await FakeServer.StartAsync(
            context => Redirect(context.Request.Path == "/" ? "/again" : other.Url.AbsoluteUri)(context), Cancel);
        using var client = Guarded.Client(OutboundTrust.Operator(server.Url, other.Url));
        using var request = Following(server.Url);
        request.Headers.Authorization = new("Bearer", "very-secret");
        request.Headers.Add("X-Api-Key", "very-secret");
        request.Headers.Add("Cookie", "very-secret");
        request.Headers.Add("Accept", "application/json");

        using var answer = await client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["Bearer very-secret", "Bearer very-secret"], server.Requests.Select(r => r.Headers["Authorization"]));
        var stranger = Assert.Single(other.Requests);
        Assert.DoesNotContain(stranger.Headers, h => h.Value.Contains("very-secret", StringComparison.Ordinal));
        Assert.Equal("application/json", stranger.Headers["Accept"]);
    }

    [Fact]
    public async Task HttpsToHttp_IsRefused()
    {
        using var client = new HttpMessageInvoker(new OutboundHandler(
            new OutboundRules(new OutboundSettings(), OutboundTrust.User), OutboundTrust.User, OutboundLimits.Default, TimeProvider.System)
        {
            InnerHandler = new Answering(_ => new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri("http://api.example.com/") } }),
        });

        var refusal = await Guarded.RefusedAsync(() => client.SendAsync(Following(new Uri("https://api.example.com/")), Cancel));

        Assert.Equal(OutboundRule.Redirect, refusal.Rule);
    }

    [Fact]
    public async Task NewerHttp_IsNotUsedPastTheConnector()
    {
        var seen = new List<(Version, HttpVersionPolicy)>();
        using var client = new HttpMessageInvoker(new OutboundHandler(
            new OutboundRules(new OutboundSettings(), OutboundTrust.User), OutboundTrust.User, OutboundLimits.Default, TimeProvider.System)
        {
            InnerHandler = new Answering(request =>
            {
                seen.Add((request.Version, request.VersionPolicy));
                return new HttpResponseMessage();
            }),
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.example.com/")
        {
            Version = HttpVersion.Version30,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher,
        };

        using var answer = await client.SendAsync(request, Cancel);

        Assert.Equal([(HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower)], seen);
    }

    [Fact]
    public async Task AnothersHostHeader_IsRefusedToUsers()
    {
        using var client = Guarded.ForUser("127.0.0.1");
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://127.0.0.1:1/");
        request.Headers.Host = "neighbour.example";

        Assert.Equal(OutboundRule.HostHeader, (await Guarded.RefusedAsync(() => client.SendAsync(request, Cancel))).Rule);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task CompressedBomb_IsCutOff(string encoding)
    {
        using var bomb = new MemoryStream();
        await using (Stream compressor = encoding switch
        {
            "gzip" => new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true),
            "br" => new BrotliStream(bomb, CompressionLevel.Optimal, leaveOpen: true),
            _ => new ZLibStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true),
        })
        {
            await compressor.WriteAsync(new byte[32 * 1024 * 1024], Cancel);
        }

        await using var server = await FakeServer.StartAsync(
            async context =>
            {
                context.Response.Headers.ContentEncoding = encoding;
                await context.Response.Body.WriteAsync(bomb.ToArray());
            },
            Cancel);

        Assert.True(bomb.Length < Small.MaxAnswerBytes);
        await TooLargeAsync(server);
    }

    [Fact]
    public async Task EndlessAnswer_IsCutOff()
    {
        await using var server = await FakeServer.StartAsync(
            async context =>
            {
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(new byte[8192]);
                }
            },
            Cancel);

        await TooLargeAsync(server);
    }

    [Fact]
    public async Task AnswerThatSaysItIsTooLarge_IsNotRead()
    {
        await using var server = await FakeServer.StartAsync(
            async context =>
            {
                context.Response.ContentLength = 100_001;
                await context.Response.Body.FlushAsync();
                // Whoever would read it waits for ever.
                await FakeServer.Stall(context);
            },
            Cancel);

        await TooLargeAsync(server);
    }

    [Fact]
    public async Task RequestWithItsOwnLimit_IsHeldToThat()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Text(new string('x', 200_000), "text/plain"), Cancel);
        using var client = Guarded.Client(OutboundTrust.Operator(server.Url), limits: Small);
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Url);
        request.Options.Set(OutboundRequest.MaxAnswerBytes, 200_000);

        using var answer = await client.SendAsync(request, Cancel);

        Assert.Equal(200_000, (await answer.Content.ReadAsByteArrayAsync(Cancel)).Length);
    }

    [Theory]
    [InlineData(HttpCompletionOption.ResponseHeadersRead)]
    [InlineData(HttpCompletionOption.ResponseContentRead)]
    public async Task AnswerThatDripsForEver_TimesOut(HttpCompletionOption completion)
    {
        await using var server = await FakeServer.StartAsync(
            async context =>
            {
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(new byte[1]);
                    await context.Response.Body.FlushAsync();
                    await Task.Delay(20);
                }
            },
            Cancel);
        using var client = Guarded.Client(OutboundTrust.Operator(server.Url), limits: Small with { MaxDuration = TimeSpan.FromMilliseconds(700) });

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            using var answer = await client.GetAsync(server.Url, completion, Cancel);
            await answer.Content.ReadAsByteArrayAsync(Cancel);
        });

        Assert.IsType<TimeoutException>(exception.InnerException);
    }

    [Fact]
    public async Task AnswerWithoutHeaders_TimesOut()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Stall, Cancel);
        using var client = Guarded.Client(OutboundTrust.Operator(server.Url), limits: Small with { MaxDuration = TimeSpan.FromMilliseconds(300) });

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAsync(server.Url, Cancel));

        Assert.IsType<TimeoutException>(exception.InnerException);
    }

    [Theory]
    [InlineData(1, 70_000)]
    [InlineData(2_000, 40)]
    public async Task HugeHeaders_AreABadAnswer(int count, int length)
    {
        await using var server = await FakeServer.StartAsync(
            context =>
            {
                for (var i = 0; i < count; i++)
                {
                    context.Response.Headers[$"X-Filler-{i}"] = new string('x', length);
                }

                return FakeServer.Json("{}")(context);
            },
            Cancel);
        var source = Sources.Get<IMetricSource>(("PROMETHEUS_URL", server.Url.AbsoluteUri));

        var failure = await Assert.ThrowsAsync<SourceException>(() => source.QueryAsync("up", DateTimeOffset.UnixEpoch, Cancel));

        Assert.Equal(SourceFailure.BadAnswer, failure.Failure);
        Assert.Contains("headers are larger than 64 KiB", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NIGHTWATCH_OUTBOUND_ALLOW", "10.0.0.0/8, http://a.example")]
    [InlineData("NIGHTWATCH_OUTBOUND_ALLOW", "*.com")]
    [InlineData("NIGHTWATCH_OUTBOUND_PUBLIC", "no")]
    [InlineData("NIGHTWATCH_OUTBOUND_PROXY", "socks5://a.example:1080")]
    [InlineData("NIGHTWATCH_OUTBOUND_PROXY", "http://a.example:3128/path")]
    [InlineData("NIGHTWATCH_OUTBOUND_NO_PROXY", "*")]
    public void WrongSetting_IsNamedAtStart(string key, string value)
    {
        var wrong = Assert.Throws<OptionsValidationException>(() => Sources.Build((key, value)));

        Assert.StartsWith(key, Assert.Single(wrong.Failures), StringComparison.Ordinal);
    }

    private static async Task TooLargeAsync(FakeServer server)
    {
        using var client = Guarded.Client(OutboundTrust.Operator(server.Url), limits: Small);

        await Assert.ThrowsAsync<AnswerTooLargeException>(async () =>
        {
            using var answer = await client.GetAsync(server.Url, HttpCompletionOption.ResponseHeadersRead, Cancel);
            await using var body = await answer.Content.ReadAsStreamAsync(Cancel);
            await body.CopyToAsync(Stream.Null, Cancel);
        });
    }

    private static HttpRequestMessage Following(Uri url, int most = 5)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Options.Set(OutboundRequest.FollowRedirects, most);
        return request;
    }

    private static RequestDelegate Redirect(string target, int status = 302) => context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = target;
        return Task.CompletedTask;
    };

    private sealed class Answering(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }
}
