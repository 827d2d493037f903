using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Nightwatch.LocalRuntime.Tests.Host.Http;

public sealed class StreamingTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_ServerSentEvents_ArriveWhileTheFunctionRuns()
    {
        Samples.ReadFirst = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(new TestAppOptions { Functions = [typeof(Samples)] });
        await using var stream = await app.Http.GetStreamAsync("api/events", Stop);
        using var reader = new StreamReader(stream);

        // The function does not go on before this line has been read.
        Assert.Equal("data: one", await reader.ReadLineAsync(Stop));
        Samples.ReadFirst.SetResult();

        Assert.Equal("", await reader.ReadLineAsync(Stop));
        Assert.Equal("data: two", await reader.ReadLineAsync(Stop));
    }

    public static class Samples
    {
        internal static TaskCompletionSource ReadFirst { get; set; } = new();

        [Function("Events")]
        public static async Task Events([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "events")] HttpRequest request, CancellationToken cancellationToken)
        {
            var response = request.HttpContext.Response;
            response.ContentType = "text/event-stream";
            await response.WriteAsync("data: one\n\n", cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
            await ReadFirst.Task.WaitAsync(cancellationToken);
            await response.WriteAsync("data: two\n\n", cancellationToken);
        }
    }
}
