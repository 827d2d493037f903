using Microsoft.AspNetCore.Http;

namespace Nightwatch.Functions.Http;

/// <summary>A stream of server-sent events (WHATWG HTML, section 9.2) on one response; each event is flushed as it is written.</summary>
public sealed class ServerSentEvents(HttpResponse response)
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        // A proxy that buffers would hold the events back.
        response.Headers["X-Accel-Buffering"] = "no";
        await response.WriteAsync("retry: 2000\n\n", cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    /// <param name="id">What the client sends back as Last-Event-ID when it connects again; one line, or null.</param>
    /// <param name="json">One line of JSON.</param>
    public async Task SendAsync(string name, string? id, string json, CancellationToken cancellationToken)
    {
        var idLine = id is null ? "" : $"id: {id}\n";
        await response.WriteAsync($"event: {name}\n{idLine}data: {json}\n\n", cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>Keeps proxies from closing an idle connection.</summary>
    public async Task HeartbeatAsync(CancellationToken cancellationToken)
    {
        await response.WriteAsync(": still here\n\n", cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
