using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Nightwatch.LocalRuntime.ServiceBus;

/// <summary>Says once that an account's queues cannot be used, and once that they can be again, however many loops try.</summary>
internal sealed partial class QueueOutage(ILogger<QueueOutage> log)
{
    private readonly ConcurrentDictionary<Uri, long> down = new();

    /// <summary>Whether the error is the service's (away, restarting, answering 5xx) and not the request's.</summary>
    public static bool IsOutage(Exception error, CancellationToken stop) => error switch
    {
        QueueException queue => (int)queue.Status >= 500 || queue.Status == System.Net.HttpStatusCode.TooManyRequests,
        HttpRequestException or IOException => true,
        // HttpClient reports its own timeout as a cancellation.
        OperationCanceledException => !stop.IsCancellationRequested,
        _ => false,
    };

    public void Failed(QueueAddress queue, Exception error)
    {
        if (down.TryAdd(queue.Account.Endpoint, TimeProvider.System.GetTimestamp()))
        {
            Down(queue.Account.Endpoint, error.Message);
        }
    }

    /// <param name="queue">A queue that answered.</param>
    /// <param name="began">The timestamp of the request's begin: an answer to one from before the outage says nothing.</param>
    public void Succeeded(QueueAddress queue, long began)
    {
        if (!down.IsEmpty && down.TryGetValue(queue.Account.Endpoint, out var since) && began > since
            && down.TryRemove(KeyValuePair.Create(queue.Account.Endpoint, since)))
        {
            Up(queue.Account.Endpoint);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The queues at {Endpoint} cannot be used; trying again until they can: {Error}")]
    private partial void Down(Uri endpoint, string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "The queues at {Endpoint} can be used again.")]
    private partial void Up(Uri endpoint);
}
