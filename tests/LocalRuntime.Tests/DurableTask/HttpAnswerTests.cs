using Microsoft.AspNetCore.Http;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>Answers of many kinds to CallHttpAsync.</summary>
public sealed class HttpAnswerTests
{
    [Theory]
    [InlineData("GET", 404)]
    [InlineData("POST", 500)]
    [InlineData("DELETE", 204)]
    [InlineData("HEAD", 200)]
    [InlineData("PATCH", 409)]
    public async Task AnyStatus_IsAnAnswerAndNoError(string method, int status)
    {
        await using var server = await HttpCallTests.Server.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await using var host = await HttpCallTests.StartAsync();

        var answer = (await host.ResultAsync<HttpCallTests.Answer>("Call", new HttpCallTests.Question(server.Uri("/x")) { Method = method, Poll = true }))!;

        Assert.Equal((status, ""), (answer.Status, answer.Content));
        Assert.Equal([$"{method} /x "], server.Seen);
    }

    [Fact]
    public async Task Redirect_OnTheSameHost_IsFollowed()
    {
        await using var server = await HttpCallTests.Server.StartAsync(context =>
        {
            if (context.Request.Path == "/old")
            {
                context.Response.Redirect("/new");
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync(context.Request.Method, context.RequestAborted);
        });
        await using var host = await HttpCallTests.StartAsync();

        Assert.Equal("GET", (await host.ResultAsync<HttpCallTests.Answer>("Call", new HttpCallTests.Question(server.Uri("/old")) { Method = "POST", Content = "x" }))!.Content);
    }

    [Fact]
    public async Task Accepted_ThenAFailure_TheFailureIsTheAnswer()
    {
        await using var server = await HttpCallTests.Server.StartAsync(context =>
        {
            var start = context.Request.Path == "/start";
            context.Response.StatusCode = start ? 202 : 503;
            context.Response.Headers.Location = "/job";
            context.Response.Headers.RetryAfter = "0";
            return context.Response.WriteAsync(start ? "" : "broken", context.RequestAborted);
        });
        await using var host = await HttpCallTests.StartAsync();
        var answer = (await host.ResultAsync<HttpCallTests.Answer>("Call", new HttpCallTests.Question(server.Uri("/start")) { Method = "POST", Content = "{}", Poll = true }))!;

        Assert.Equal((503, "broken"), (answer.Status, answer.Content));
        Assert.Equal(["POST /start ", "GET /job "], server.Seen);
    }

    [Fact]
    public async Task Accepted_RetryAfterAsADate_WaitsUntilThen()
    {
        var time = new ManualTime();
        await using var server = await HttpCallTests.Server.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/start" ? 202 : 200;
            context.Response.Headers.Location = "/job";
            context.Response.Headers.RetryAfter = time.GetUtcNow().AddSeconds(90).ToString("r");
            return Task.CompletedTask;
        });
        await using var host = await HttpCallTests.StartAsync(options => options.Time = time);
        var id = await host.ScheduleAsync("Call", new HttpCallTests.Question(server.Uri("/start")) { Poll = true });

        Assert.Equal(TimeSpan.FromSeconds(90), await host.PassTimerAsync(id, time));
        Assert.Equal(200, (await host.EndAsync(id)).ReadOutputAs<HttpCallTests.Answer>()!.Status);
    }

    [Fact]
    public async Task Accepted_WithoutALocation_IsTheAnswer()
    {
        await using var server = await HttpCallTests.Server.StartAsync(context =>
        {
            context.Response.StatusCode = 202;
            return Task.CompletedTask;
        });
        await using var host = await HttpCallTests.StartAsync();

        Assert.Equal(202, (await host.ResultAsync<HttpCallTests.Answer>("Call", new HttpCallTests.Question(server.Uri("/start")) { Poll = true }))!.Status);
        Assert.Single(server.Seen);
    }
}
