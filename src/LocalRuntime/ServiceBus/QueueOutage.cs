using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Nightwatch.LocalRuntime.ServiceBus;

/// <summary>
/// Says once that an account's queues cannot be used, and once that they can be again, however many loops try. Messages that are given up meanwhile are
/// counted, and told of once a minute: an outage must not fill the log.
/// </summary>
internal sealed partial class QueueOutage(ILogger<QueueOutage> log) : IDisposable
{
    private static readonly TimeSpan BetweenCounts = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Uri, long> down = new();
    private readonly Lock gate = new();
    private long givenUp;
    private long toldOf;

    /// <summary>True while an account's queues cannot be used.</summary>
    public bool IsDown => !down.IsEmpty;

    /// <summary>Whether the error is the service's (away, restarting, answering 5xx or nonsense) and not the request's.</summary>
    public static bool IsOutage(Exception error, CancellationToken stop) => error switch
    {
        QueueException queue => (int)queue.Status >= 500 || queue.Status == System.Net.HttpStatusCode.TooManyRequests || queue.Code == QueueException.NoAnswer,
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
            Tell(always: true);
        }
    }

    /// <summary>Output messages of a function will not be sent.</summary>
    public void GaveUp(string function, int messages, Exception? error)
    {
        lock (gate)
        {
            givenUp += messages;
        }

        Tell(always: false, function, error);
    }

    /// <summary>What was given up since the last line is not kept from the log by the end of the process.</summary>
    public void Dispose() => Tell(always: true);

    private void Tell(bool always, string function = "", Exception? error = null)
    {
        long count;
        lock (gate)
        {
            if (givenUp == 0 || (!always && toldOf != 0 && TimeProvider.System.GetElapsedTime(toldOf) < BetweenCounts))
            {
                return;
            }

            (count, givenUp, toldOf) = (givenUp, 0, TimeProvider.System.GetTimestamp());
        }

        Lost(count, function, error?.Message ?? "");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The queues at {Endpoint} cannot be used; trying again until they can: {Error}")]
    private partial void Down(Uri endpoint, string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "The queues at {Endpoint} can be used again.")]
    private partial void Up(Uri endpoint);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} output messages were given up while the queues could not be used or the host stopped. {Function} {Error}")]
    private partial void Lost(long count, string function, string error);
}
