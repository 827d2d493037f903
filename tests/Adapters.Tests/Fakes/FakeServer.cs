using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Nightwatch.Adapters.Tests.Fakes;

/// <summary>A request as it came over the wire.</summary>
internal sealed record SeenRequest(string Method, string PathAndQuery, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>An HTTP server on a free loopback port that does what the test says, and keeps what it was asked.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication application;

    private FakeServer(WebApplication application) => this.application = application;

    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    public Uri Url => new(application.Urls.First() + "/");

    public static async Task<FakeServer> StartAsync(RequestDelegate answer, CancellationToken cancellationToken, string address = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(address);
        builder.Logging.ClearProviders();
        var application = builder.Build();
        var server = new FakeServer(application);
        application.Run(async context =>
        {
            context.Request.EnableBuffering();
            using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            context.Request.Body.Position = 0;
            var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            server.Requests.Enqueue(new SeenRequest(context.Request.Method, context.Request.Path + context.Request.QueryString.ToString(), headers, body));
            await answer(context);
        });
        await application.StartAsync(cancellationToken);
        return server;
    }

    public static RequestDelegate Json(string json, int status = 200) => Text(json, "application/json", status);

    public static RequestDelegate Text(string text, string type, int status = 200) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(text);
    };

    /// <summary>Answers nothing until the client goes away.</summary>
    public static async Task Stall(HttpContext context)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await application.StopAsync(now.Token);
        await application.DisposeAsync();
    }
}
