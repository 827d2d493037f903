using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>CallHttpAsync against a real server, on the engine.</summary>
public sealed class HttpCallTests
{
    [Fact]
    public async Task Call_WithHeadersAndContent_ArrivesAndTheAnswerComesBack()
    {
        await using var server = await Server.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            context.Response.StatusCode = 201;
            context.Response.Headers.Append("X-Seen", new StringValues(["one", "two"]));
            context.Response.ContentType = "text/plain; charset=iso-8859-1";
            await context.Response.Body.WriteAsync(System.Text.Encoding.Latin1.GetBytes(
                $"{context.Request.Method} {context.Request.ContentType} {context.Request.Headers["X-Many"]} {body} café"), context.RequestAborted);
        });
        await using var host = await StartAsync();
        var (status, content, headers) = (await host.ResultAsync<Answer>("Call", new Question(server.Uri("/things?key=1"))
        {
            Method = "POST",
            Content = "<a/>",
            Headers = new() { ["Content-Type"] = ["application/xml"], ["X-Many"] = ["1", "2"] },
        }))!;

        Assert.Equal(201, status);
        Assert.Equal("POST application/xml 1, 2 <a/> café", content);
        Assert.Equal("one,two", headers["x-seen"]);
    }

    [Fact]
    public async Task Accepted_WithoutTheAsynchronousPattern_IsTheAnswer()
    {
        await using var server = await Server.StartAsync(Job(polls: 2));
        await using var host = await StartAsync();

        Assert.Equal(202, (await host.ResultAsync<Answer>("Call", new Question(server.Uri("/start"))))!.Status);
        Assert.Single(server.Seen);
    }

    [Fact]
    public async Task Accepted_Polls_OnDurableTimersAcrossACrash()
    {
        var time = new ManualTime();
        await using var server = await Server.StartAsync(Job(polls: 3, retryAfter: "7"));
        await using var host = await StartAsync(options => options.Time = time);
        var id = await host.ScheduleAsync("Call", new Question(server.Uri("/start")) { Poll = true, Headers = new() { ["Authorization"] = ["Bearer x"] } });

        Assert.Equal(TimeSpan.FromSeconds(7), await host.PassTimerAsync(id, time));
        await DurableHost.UntilAsync(() => Task.FromResult(host.Engine.Store.Read(session => session.Scalar("SELECT 1 FROM timers")) is not null));
        await host.Engine.AbandonAsync();
        var heir = await host.AddEngineAsync(options => options.Time = time);
        time.Advance(TimeSpan.FromMinutes(1));
        await time.AdvanceUntilAsync(() => heir.Store.Load(id)!.Completed is not null);
        var end = await heir.Client.WaitForInstanceCompletionAsync(id, true, DurableHost.Cancellation);

        Assert.Equal("done", end.ReadOutputAs<Answer>()!.Content);
        Assert.Equal(["GET /start Bearer x", "GET /job/1 Bearer x", "GET /job/2 Bearer x", "GET /job/3 Bearer x"], server.Seen);
    }

    [Fact]
    public async Task Accepted_WithoutRetryAfter_WaitsTheHostsInterval()
    {
        var time = new ManualTime();
        await using var server = await Server.StartAsync(Job(polls: 1));
        await using var host = await StartAsync(options => (options.Time, options.HttpPollInterval) = (time, TimeSpan.FromSeconds(11)));
        var id = await host.ScheduleAsync("Call", new Question(server.Uri("/start")) { Poll = true });

        Assert.Equal(TimeSpan.FromSeconds(11), await host.PassTimerAsync(id, time));
        Assert.Equal("done", (await host.EndAsync(id)).ReadOutputAs<Answer>()!.Content);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OtherHost_ByLocationOrRedirect_GetsNoCredentials(bool redirect)
    {
        await using var other = await Server.StartAsync(context => context.Response.WriteAsync("other", context.RequestAborted));
        await using var server = await Server.StartAsync(context =>
        {
            context.Response.StatusCode = redirect ? 302 : 202;
            context.Response.Headers.Location = other.Uri("/elsewhere").ToString();
            context.Response.Headers.RetryAfter = "0";
            return Task.CompletedTask;
        });
        await using var host = await StartAsync();
        var answer = await host.ResultAsync<Answer>("Call", new Question(server.Uri("/start"))
        {
            Poll = true,
            Headers = new() { ["authorization"] = ["Bearer secret"] },
        });

        Assert.Equal("other", answer!.Content);
        Assert.Equal(["GET /start Bearer secret"], server.Seen);
        Assert.Equal(["GET /elsewhere "], other.Seen);
    }

    [Fact]
    public async Task Location_ThatIsNoHttpAddress_FailsTheCall()
    {
        await using var server = await Server.StartAsync(context =>
        {
            context.Response.StatusCode = 202;
            context.Response.Headers.Location = "file:///etc/passwd";
            return Task.CompletedTask;
        });
        await using var host = await StartAsync();

        Assert.Contains("not an http address", (await host.RunAsync("Call", new Question(server.Uri("/start")) { Poll = true })).FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_StatusesNamed_AreRepeatedOnGrowingTimersAndOthersAreNot()
    {
        var time = new ManualTime();
        var answers = new Queue<int>([503, 429, 500]);
        await using var server = await Server.StartAsync(context =>
        {
            context.Response.StatusCode = answers.Dequeue();
            return Task.CompletedTask;
        });
        await using var host = await StartAsync(options => options.Time = time);
        var id = await host.ScheduleAsync("Call", new Question(server.Uri("/flaky")) { Attempts = 5, Statuses = [503, 429] });

        Assert.Equal(TimeSpan.FromSeconds(2), await host.PassTimerAsync(id, time));
        Assert.Equal(TimeSpan.FromSeconds(6), await host.PassTimerAsync(id, time));
        Assert.Equal(500, (await host.EndAsync(id)).ReadOutputAs<Answer>()!.Status);
    }

    [Fact]
    public async Task Retry_Exhausted_GivesTheLastAnswer()
    {
        var time = new ManualTime();
        await using var server = await Server.StartAsync(context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        await using var host = await StartAsync(options => options.Time = time);
        var id = await host.ScheduleAsync("Call", new Question(server.Uri("/gone")) { Attempts = 2 });
        await host.PassTimerAsync(id, time);

        Assert.Equal(404, (await host.EndAsync(id)).ReadOutputAs<Answer>()!.Status);
        Assert.Equal(2, server.Seen.Count);
    }

    [Fact]
    public async Task NobodyListens_Call_FailsAfterItsRetries()
    {
        var uri = new Uri($"http://127.0.0.1:{Nightwatch.Support.Ports.Free()}/");
        var time = new ManualTime();
        await using var host = await StartAsync(options => options.Time = time);
        var id = await host.ScheduleAsync("Call", new Question(uri) { Attempts = 2 });
        await host.PassTimerAsync(id, time);
        var failure = (await host.EndAsync(id)).FailureDetails!;

        Assert.True(failure.InnerFailure!.IsCausedBy<HttpRequestException>(), failure.ToString());
    }

    [Fact]
    public async Task Body_LongerThanAPayload_FailsClearlyWithoutTheQuery()
    {
        await using var server = await Server.StartAsync(async context =>
        {
            // Without a length, and longer than anybody reads.
            var chunk = new byte[64 * 1024];
            for (var i = 0; i < 1_000 && !context.RequestAborted.IsCancellationRequested; i++)
            {
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
        });
        await using var host = await StartAsync(options => options.MaxPayloadBytes = 100_000);
        var failure = (await host.RunAsync("Call", new Question(server.Uri("/big?code=secret")))).FailureDetails!.ErrorMessage;

        Assert.Contains("/big answered with more than 100000 bytes", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timeout_OfTheCall_EndsTheRequestAndThePolls()
    {
        var time = new ManualTime();
        await using var silent = await Server.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var endless = await Server.StartAsync(Job(polls: int.MaxValue, retryAfter: "40"));
        await using var host = await StartAsync(options => options.Time = time);
        var slow = await host.RunAsync("Call", new Question(silent.Uri("/")) { Timeout = TimeSpan.FromMilliseconds(300) });
        Assert.True(slow.FailureDetails!.InnerFailure!.IsCausedBy<TimeoutException>(), slow.FailureDetails.ToString());

        var id = await host.ScheduleAsync("Call", new Question(endless.Uri("/start")) { Poll = true, Timeout = TimeSpan.FromMinutes(1) });
        Assert.Equal(TimeSpan.FromSeconds(40), await host.PassTimerAsync(id, time));
        Assert.Equal(TimeSpan.FromSeconds(20), await host.PassTimerAsync(id, time));
        Assert.True((await host.EndAsync(id)).FailureDetails!.IsCausedBy<TimeoutException>());
    }

    [Theory]
    [InlineData("X-Bad", "a\r\nX-Injected: 1", "line break")]
    [InlineData("Bad Name", "1", "cannot be sent")]
    [InlineData("Content-Type", "multipart/form-data", "Multipart")]
    public async Task Header_ThatCannotBeSent_FailsTheCall(string name, string value, string message)
    {
        await using var host = await StartAsync();
        var end = await host.RunAsync("Call", new Question(new Uri("http://127.0.0.1:9/")) { Headers = new() { [name] = [value] } });

        Assert.Contains(message, end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostsClientFactory_WhenRegistered_MakesTheClient()
    {
        await using var server = await Server.StartAsync(context => context.Response.WriteAsync(context.Request.Headers.UserAgent.ToString(), context.RequestAborted));
        using var scratch = new Nightwatch.Support.ScratchDirectory();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHttpClient(DurableHttpActivity.ClientName, client => client.DefaultRequestHeaders.Add("User-Agent", "of-the-host"));
        services.AddSingleton<IDurableInvoker>(Functions(new TestFunctions()));
        services.AddDurableEngine((_, options) => options.Path = scratch.File("durable.db"));
        await using var provider = services.BuildServiceProvider();
        var engine = provider.GetRequiredService<DurableEngine>();
        await engine.StartAsync(DurableHost.Cancellation);
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Call", new Question(server.Uri("/")), DurableHost.Cancellation);
        var end = await engine.Client.WaitForInstanceCompletionAsync(id, true, DurableHost.Cancellation).WaitAsync(DurableHost.Limit, DurableHost.Cancellation);

        Assert.Equal("of-the-host", end.ReadOutputAs<Answer>()!.Content);
    }

    internal static Task<DurableHost> StartAsync(Action<DurableEngineOptions>? options = null) => DurableHost.StartAsync(functions => Functions(functions), options);

    private static TestFunctions Functions(TestFunctions functions) => functions.Orchestrator("Call", async context =>
    {
        var question = context.GetInput<Question>()!;
        var response = await context.CallHttpAsync(new DurableHttpRequest(HttpMethod.Parse(question.Method), question.Uri)
        {
            Content = question.Content,
            AsynchronousPatternEnabled = question.Poll,
            Timeout = question.Timeout,
            Headers = question.Headers?.ToDictionary(header => header.Key, header => new StringValues(header.Value)),
            HttpRetryOptions = question.Attempts == 0 ? null : new HttpRetryOptions([.. question.Statuses.Select(status => (HttpStatusCode)status)])
            {
                MaxNumberOfAttempts = question.Attempts,
                FirstRetryInterval = TimeSpan.FromSeconds(2),
                BackoffCoefficient = 3,
            },
        });
        return new Answer((int)response.StatusCode, response.Content, response.Headers!.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()));
    });

    /// <summary>Work that is accepted at /start and done after so many polls; its Location is relative.</summary>
    private static RequestDelegate Job(int polls, string? retryAfter = null) => context =>
    {
        var at = context.Request.Path == "/start" ? 0 : int.Parse(context.Request.Path.Value![5..], System.Globalization.CultureInfo.InvariantCulture);
        if (at == polls)
        {
            return context.Response.WriteAsync("done", context.RequestAborted);
        }

        context.Response.StatusCode = 202;
        context.Response.Headers.Location = $"/job/{at + 1}";
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return Task.CompletedTask;
    };

    internal sealed record Question(Uri Uri)
    {
        public string Method { get; init; } = "GET";

        public string? Content { get; init; }

        public bool Poll { get; init; }

        public TimeSpan? Timeout { get; init; }

        public int Attempts { get; init; }

        public int[] Statuses { get; init; } = [];

        public Dictionary<string, string[]>? Headers { get; init; }
    }

    internal sealed record Answer(int Status, string? Content, Dictionary<string, string> Headers);

    /// <summary>A server on a port of its own that remembers what it was asked, with the Authorization that came.</summary>
    internal sealed class Server(WebApplication app) : IAsyncDisposable
    {
        private readonly ConcurrentQueue<string> seen = [];

        public IReadOnlyCollection<string> Seen => seen;

        public static async Task<Server> StartAsync(RequestDelegate answer)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var server = new Server(builder.Build());
            server.Listen(answer);
            await server.StartAsync();
            return server;
        }

        public Uri Uri(string path) => new(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), path);

        public async ValueTask DisposeAsync()
        {
            using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await app.StopAsync(now.Token);
            await app.DisposeAsync();
        }

        private Task StartAsync() => app.StartAsync(DurableHost.Cancellation);

        private void Listen(RequestDelegate answer) => app.Run(context =>
        {
            seen.Enqueue($"{context.Request.Method} {context.Request.Path} {context.Request.Headers.Authorization}");
            return answer(context);
        });
    }
}
