using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nightwatch.Adapters.OpenAi;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Models;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.OpenAi;

/// <summary>The fake speaks chat completions with server-sent events as platform.openai.com/docs describes them.</summary>
public sealed class OpenAiChatModelTests
{
    private const string Key = "sk-test-0123456789abcdef";
    private const string Schema = """{"type":"object","properties":{"cause":{"type":"string"}},"required":["cause"],"additionalProperties":false}""";

    private static readonly ModelRequest Plain = new() { System = "You are terse.", User = "Why?", MaxOutputTokens = 50 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Complete_Stream_IsJoinedAndUsageCounted()
    {
        await using var server = await FakeServer.StartAsync(Stream("It ", "broke", "."), Cancel);

        var answer = await Model(server).CompleteAsync(Plain, Cancel);

        Assert.Equal(new ModelAnswer("It broke.", "test-model", 11, 7), answer);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/v1/chat/completions"), (request.Method, request.PathAndQuery));
        Assert.Equal("Bearer " + Key, request.Headers["Authorization"]);
        var body = JsonDocument.Parse(request.Body).RootElement;
        Assert.Equal("test-model", body.GetProperty("model").GetString());
        Assert.Equal(50, body.GetProperty("max_completion_tokens").GetInt32());
        Assert.True(body.GetProperty("stream").GetBoolean());
        Assert.True(body.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        Assert.Equal(["You are terse.", "Why?"], body.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("content").GetString()));
    }

    [Fact]
    public async Task Complete_NoUsageSent_IsEstimated()
    {
        await using var server = await FakeServer.StartAsync(Stream(usage: false, "12345678"), Cancel);

        var answer = await Model(server).CompleteAsync(Plain with { Model = "other" }, Cancel);

        Assert.Equal(("other", 2L), (answer.Model, answer.OutputTokens));
        Assert.True(answer.InputTokens > 0);
    }

    [Fact]
    public async Task Complete_Schema_IsSentAndTheAnswerFreedOfFences()
    {
        await using var server = await FakeServer.StartAsync(Stream("```json\n{\"cause\":", "\"disk\"}\n```"), Cancel);

        var answer = await Model(server).CompleteAsync(Plain with { JsonSchema = Schema }, Cancel);

        Assert.Equal("""{"cause":"disk"}""", answer.Text);
        var format = JsonDocument.Parse(Assert.Single(server.Requests).Body).RootElement.GetProperty("response_format");
        Assert.Equal("json_schema", format.GetProperty("type").GetString());
        Assert.True(format.GetProperty("json_schema").GetProperty("strict").GetBoolean());
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(Schema).RootElement, format.GetProperty("json_schema").GetProperty("schema")));
    }

    [Fact]
    public async Task Complete_SchemaRefused_FallsBackAndRemembers()
    {
        await using var server = await FakeServer.StartAsync(
            async context =>
            {
                var body = await context.Request.ReadFromJsonAsync<JsonElement>();
                await (body.TryGetProperty("response_format", out _)
                    ? FakeServer.Json("""{"error":{"message":"response_format is not supported"}}""", 400)
                    : Stream("Sure: {\"cause\":\"disk\"} as asked"))(context);
            },
            Cancel);
        var model = Model(server);

        var first = await model.CompleteAsync(Plain with { JsonSchema = Schema }, Cancel);
        var second = await model.CompleteAsync(Plain with { JsonSchema = Schema }, Cancel);

        Assert.Equal(("""{"cause":"disk"}""", """{"cause":"disk"}"""), (first.Text, second.Text));
        // Schema, JSON mode, words; then words at once.
        Assert.Equal(4, server.Requests.Count);
        Assert.Contains("JSON Schema", server.Requests.Last().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Complete_RefusedForAnotherReason_KeepsTheSchemaForTheNextTime()
    {
        var refuse = true;
        await using var server = await FakeServer.StartAsync(
            context => (refuse ? FakeServer.Json("""{"error":{"message":"context too long"}}""", 400) : Stream("{\"cause\":\"disk\"}"))(context),
            Cancel);
        var model = Model(server);

        var failure = await Assert.ThrowsAsync<SourceException>(() => model.CompleteAsync(Plain with { JsonSchema = Schema }, Cancel));
        refuse = false;
        await model.CompleteAsync(Plain with { JsonSchema = Schema }, Cancel);

        Assert.Equal((SourceFailure.BadRequest, "model: context too long (400)"), (failure.Failure, failure.Message));
        Assert.Contains("json_schema", server.Requests.Last().Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no json at all", "holds no JSON object")]
    [InlineData("{\"cause\":", "holds no JSON object")]
    [InlineData("{\"cause\":}", "malformed")]
    [InlineData("{\"cause\":7}", "cause must be a string")]
    [InlineData("{\"why\":\"x\"}", "cause is required")]
    [InlineData("{\"cause\":\"x\",\"more\":1}", "more is not an argument")]
    public async Task Complete_AnswerThatBreaksTheSchema_IsBadAnswer(string text, string expected)
    {
        await using var server = await FakeServer.StartAsync(Stream(text), Cancel);

        var failure = await Assert.ThrowsAsync<SourceException>(() => Model(server).CompleteAsync(Plain with { JsonSchema = Schema }, Cancel));

        Assert.Equal(SourceFailure.BadAnswer, failure.Failure);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, """{"error":{"message":"Incorrect API key provided: """ + Key + """ "}}""", SourceFailure.Unauthorized)]
    [InlineData(429, """{"error":{"message":"Rate limit reached"}}""", SourceFailure.Unavailable)]
    [InlineData(500, """{"error":{"message":"The server had an error"}}""", SourceFailure.Unavailable)]
    [InlineData(503, "<html>gateway</html>", SourceFailure.Unavailable)]
    [InlineData(504, "", SourceFailure.Timeout)]
    [InlineData(400, """{"error":"plain words"}""", SourceFailure.BadRequest)]
    [InlineData(404, """{"error":{"message":"The model does not exist"}}""", SourceFailure.BadRequest)]
    [InlineData(302, "", SourceFailure.BadAnswer)]
    public async Task Complete_Refused_IsItsFailureWithoutTheKey(int status, string body, SourceFailure expected)
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json(body, status), Cancel);
        using var log = new KeptLog();

        var failure = await Assert.ThrowsAsync<SourceException>(() => Model(server, log).CompleteAsync(Plain, Cancel));

        Assert.Equal(expected, failure.Failure);
        Assert.DoesNotContain(Key, failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(log.Lines, l => l.Contains(Key, StringComparison.Ordinal));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("data: {\"choices\":[{\"index\":0,\"delta\":\n\n")]
    [InlineData("data: this is not json\n\n")]
    [InlineData("data: {\"choices\":\"none\"}\n\n")]
    [InlineData("<html>log in first</html>")]
    [InlineData("")]
    [InlineData("data: [DONE]\n\n")]
    public async Task Complete_MalformedStream_IsBadAnswer(string body)
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Text(body, "text/event-stream"), Cancel);

        var failure = await Assert.ThrowsAsync<SourceException>(() => Model(server).CompleteAsync(Plain, Cancel));

        Assert.Equal(SourceFailure.BadAnswer, failure.Failure);
    }

    [Fact]
    public async Task Complete_Stalls_IsTimeout()
    {
        await using var silent = await FakeServer.StartAsync(FakeServer.Stall, Cancel);
        await using var halfway = await FakeServer.StartAsync(
            async context =>
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync(Event("It"));
                await context.Response.Body.FlushAsync();
                await FakeServer.Stall(context);
            },
            Cancel);

        foreach (var server in new[] { silent, halfway })
        {
            var failure = await Assert.ThrowsAsync<SourceException>(() => Model(server, stallSeconds: "1").CompleteAsync(Plain, Cancel));
            Assert.Equal(SourceFailure.Timeout, failure.Failure);
        }
    }

    [Fact]
    public async Task Complete_BrokenOff_IsUnavailable()
    {
        await using var server = await FakeServer.StartAsync(
            async context =>
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync(Event("It"));
                await context.Response.Body.FlushAsync();
                context.Abort();
            },
            Cancel);

        var failure = await Assert.ThrowsAsync<SourceException>(() => Model(server).CompleteAsync(Plain, Cancel));

        Assert.Equal(SourceFailure.Unavailable, failure.Failure);
    }

    [Fact]
    public async Task Complete_Down_IsUnavailable()
    {
        var model = Sources.Get<IChatModel>(("OPENAI_ENDPOINT", $"http://127.0.0.1:{Ports.Free()}/v1"), ("OPENAI_MODEL", "m"));

        var failure = await Assert.ThrowsAsync<SourceException>(() => model.CompleteAsync(Plain, Cancel));

        Assert.Equal(SourceFailure.Unavailable, failure.Failure);
    }

    [Fact]
    public async Task Complete_EndlessAnswer_IsCutOff()
    {
        await using var server = await FakeServer.StartAsync(
            async context =>
            {
                context.Response.ContentType = "text/event-stream";
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.WriteAsync(Event(new string('x', 500)));
                }
            },
            Cancel);

        var answer = await Model(server).CompleteAsync(Plain, Cancel);

        Assert.Equal((50 + 64) * 16, answer.Text.Length);
    }

    [Fact]
    public async Task Complete_CallerGivesUp_IsItsOwnCancellation()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Stall, Cancel);
        using var mine = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var asking = Model(server).CompleteAsync(Plain, mine.Token);
        await Eventually.GetAsync(() => Task.FromResult(server.Requests.Count), c => c > 0);
        await mine.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public void Options_Printed_DoNotHoldTheKey() => Assert.DoesNotContain(
        Key,
        new OpenAiOptions { Endpoint = new Uri("http://a/"), Model = "m", Key = Key }.ToString(),
        StringComparison.Ordinal);

    private static IChatModel Model(FakeServer server, KeptLog? log = null, string stallSeconds = "300")
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager
        {
            ["OPENAI_ENDPOINT"] = new Uri(server.Url, "v1").AbsoluteUri,
            ["OPENAI_API_KEY"] = Key,
            ["OPENAI_MODEL"] = "test-model",
            ["OPENAI_STALL_SECONDS"] = stallSeconds,
            ["OPENAI_TIMEOUT_SECONDS"] = "300",
        };
        return new ServiceCollection()
            .AddLogging(l =>
            {
                l.SetMinimumLevel(LogLevel.Trace);
                if (log is not null)
                {
                    l.AddProvider(log);
                }
            })
            .AddOpenAi(configuration)
            .BuildServiceProvider()
            .GetRequiredService<IChatModel>();
    }

    private static RequestDelegate Stream(params string[] parts) => Stream(usage: true, parts);

    private static RequestDelegate Stream(bool usage, params string[] parts) => async context =>
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var part in parts)
        {
            await context.Response.WriteAsync(Event(part));
            await context.Response.Body.FlushAsync();
        }

        if (usage)
        {
            await context.Response.WriteAsync("""data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"test-model","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}""" + "\n\n");
        }

        await context.Response.WriteAsync("data: [DONE]\n\n");
    };

    private static string Event(string text) =>
        """data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"test-model","choices":[{"index":0,"delta":{"content":"""
        + JsonSerializer.Serialize(text)
        + """},"finish_reason":null}]}""" + "\n\n";

    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
