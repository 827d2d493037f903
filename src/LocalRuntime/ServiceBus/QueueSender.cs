using System.Collections.Concurrent;
using System.Net;
using Nightwatch.LocalRuntime.Host;

namespace Nightwatch.LocalRuntime.ServiceBus;

/// <summary>Puts messages into queues, creating a queue that is not there and trying again while the service is away.</summary>
internal sealed class QueueSender(QueueClient client, QueueOutage outage, QueueBell bell, HostSettings settings) : IDisposable
{
    /// <summary>Messages on their way at once: a service that is slow must not be met with a connection for each that waits.</summary>
    private const int MaxSending = 128;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim sending = new(MaxSending);

    /// <exception cref="MessageTooLargeException">The body does not fit into a message.</exception>
    /// <exception cref="QueueException">The service refuses the message, or it was away for all of the output deadline.</exception>
    /// <exception cref="HttpRequestException">The service could not be reached within the output deadline.</exception>
    public Task SendAsync(QueueAddress queue, string body, CancellationToken cancellationToken) =>
        SendAsync(queue, MessageEnvelope.Create(body, TimeProvider.System), cancellationToken);

    /// <inheritdoc cref="SendAsync(QueueAddress, string, CancellationToken)"/>
    public async Task SendAsync(QueueAddress queue, MessageEnvelope message, CancellationToken cancellationToken)
    {
        var encoded = message.Encode();
        if (encoded.Length > QueueClient.MaxEncodedMessage)
        {
            throw new MessageTooLargeException(queue.Name, message.Body.Length);
        }

        await PutAsync(queue, encoded, cancellationToken);
        bell.Ring(queue);
    }

    public async Task PutAsync(QueueAddress queue, string encoded, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                await TryPutAsync(queue, encoded, began, cancellationToken);
                return;
            }
            catch (QueueException error) when (error.Status == HttpStatusCode.NotFound && TimeProvider.System.GetElapsedTime(began) < settings.OutputDeadline)
            {
                await CreateAsync(queue, cancellationToken);
            }
            catch (Exception error) when (QueueOutage.IsOutage(error, cancellationToken) && TimeProvider.System.GetElapsedTime(began) < settings.OutputDeadline)
            {
                outage.Failed(queue, error);
                await Task.Delay(wait, cancellationToken);
            }
        }
    }

    public void Dispose() => sending.Dispose();

    private async Task TryPutAsync(QueueAddress queue, string encoded, long began, CancellationToken cancellationToken)
    {
        var left = settings.OutputDeadline - TimeProvider.System.GetElapsedTime(began);
        if (!await sending.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken))
        {
            throw new QueueException(HttpStatusCode.ServiceUnavailable, "TooManySending", $"{MaxSending} messages are on their way already.");
        }

        try
        {
            var tried = TimeProvider.System.GetTimestamp();
            await client.PutAsync(queue, encoded, cancellationToken);
            outage.Succeeded(queue, tried);
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task CreateAsync(QueueAddress queue, CancellationToken cancellationToken)
    {
        try
        {
            await client.CreateAsync(queue, cancellationToken);
        }
        catch (Exception error) when (QueueOutage.IsOutage(error, cancellationToken))
        {
            // The next put meets the same outage and waits.
            outage.Failed(queue, error);
        }
    }
}

internal sealed class MessageTooLargeException(string queue, int length)
    : InvalidOperationException($"A message of {length} characters does not fit into the queue '{queue}': with its envelope, base64 encoded, it may take {QueueClient.MaxEncodedMessage} bytes. Keep what is large in the store and send its id.");

/// <summary>Wakes this process's listener of a queue when this process sends to it, so that a message need not wait for the next poll.</summary>
internal sealed class QueueBell
{
    private readonly ConcurrentDictionary<QueueAddress, SemaphoreSlim> bells = new();

    public void Ring(QueueAddress queue)
    {
        if (bells.TryGetValue(queue, out var bell) && bell.CurrentCount == 0)
        {
            bell.Release();
        }
    }

    public Task WaitAsync(QueueAddress queue, TimeSpan longest, CancellationToken cancellationToken) =>
        bells.GetOrAdd(queue, static _ => new SemaphoreSlim(0)).WaitAsync(longest, cancellationToken);
}
