using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nightwatch.Support;

/// <summary>What a <see cref="FaultyProxy"/> does with a request.</summary>
public abstract record ProxyFault
{
    /// <summary>Hands it on and the answer back.</summary>
    public static ProxyFault None { get; } = new Delayed(TimeSpan.Zero);

    /// <summary>Ends the connection without an answer; the server never hears of the request.</summary>
    public static ProxyFault Cut { get; } = new CutBefore();

    /// <summary>Hands it on, waits for the server's answer, and ends the connection without giving it: the request has taken effect.</summary>
    public static ProxyFault CutTheAnswer { get; } = new CutAfter();

    public static ProxyFault After(TimeSpan delay) => new Delayed(delay);

    public static ProxyFault Answer(int status, string body = "", string contentType = "text/html") => new Answered(status, body, contentType);

    internal sealed record Delayed(TimeSpan By) : ProxyFault;

    internal sealed record CutBefore : ProxyFault;

    internal sealed record CutAfter : ProxyFault;

    internal sealed record Answered(int Status, string Body, string ContentType) : ProxyFault;
}

/// <summary>An HTTP server on a port of its own that stands before another one and fails as it is told, request by request.</summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    private readonly HttpClient upstream = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
    private readonly WebApplication app;
    private readonly int port;
    private int requests;

    private FaultyProxy(WebApplication app, int port)
    {
        this.app = app;
        this.port = port;
    }

    /// <summary>Decides about each request; it may count. The default lets everything pass.</summary>
    public Func<HttpRequest, ProxyFault> Fault { get; set; } = _ => ProxyFault.None;

    /// <summary>Requests so far, whatever became of them.</summary>
    public int Requests => Volatile.Read(ref requests);

    public int Port => new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <param name="port">The loopback port of the server behind it.</param>
    public static async Task<FaultyProxy> StartAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var proxy = new FaultyProxy(app, port);
        app.Run(proxy.ServeAsync);
        await app.StartAsync(cancellationToken);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        upstream.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        Interlocked.Increment(ref requests);
        switch (Fault(context.Request))
        {
            case ProxyFault.CutBefore:
                context.Abort();
                break;
            case ProxyFault.Answered answered:
                context.Response.StatusCode = answered.Status;
                context.Response.ContentType = answered.ContentType;
                await context.Response.WriteAsync(answered.Body, context.RequestAborted);
                break;
            case ProxyFault.CutAfter:
                using (await ForwardAsync(context))
                {
                    context.Abort();
                }

                break;
            case ProxyFault.Delayed { By: var delay }:
                await Task.Delay(delay, context.RequestAborted);
                await PassAsync(context);
                break;
        }
    }

    private async Task PassAsync(HttpContext context)
    {
        try
        {
            using var answer = await ForwardAsync(context);
            context.Response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key is not ("Transfer-Encoding" or "Connection" or "Keep-Alive")))
            {
                context.Response.Headers[name] = values.ToArray();
            }

            if (answer.StatusCode != HttpStatusCode.NoContent)
            {
                await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
            }
        }
        catch (HttpRequestException)
        {
            // As it is without a proxy when nobody listens.
            context.Abort();
        }
    }

    /// <summary>Byte for byte, since the queue's clients sign what they send; the whole answer is read.</summary>
    private async Task<HttpResponseMessage> ForwardAsync(HttpContext context)
    {
        var target = $"http://127.0.0.1:{port}{context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget}";
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (context.Request.ContentLength > 0)
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            request.Content = new ByteArrayContent(body.ToArray());
        }

        foreach (var (name, values) in context.Request.Headers.Where(h => h.Key is not ("Host" or "Connection")))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        return await upstream.SendAsync(request, context.RequestAborted);
    }
}
