using System.Net;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.Host;

namespace Nightwatch.LocalRuntime.ServiceBus;

/// <summary>
/// Polls one queue and hands what it gets to a processor, with as many messages in hand as there are slots. An empty queue is asked less and less often;
/// a message that this process sends wakes it.
/// </summary>
internal sealed partial class QueueListener(
    QueueAddress queue,
    int batch,
    QueueClient client,
    QueueOutage outage,
    QueueBell bell,
    HostSettings settings,
    Func<IReadOnlyList<ReceivedMessage>, Task> process,
    ILogger log) : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(1);

    /// <summary>Nobody waits for a dead letter, and the process that makes one rings.</summary>
    private static readonly TimeSpan LongestDeadIdle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestOutage = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim slots = new(settings.MaxConcurrentCalls);

    public async Task RunAsync(CancellationToken stop)
    {
        var wait = FirstWait;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                wait = await PollAsync(stop) > 0 ? FirstWait : await RestAsync(wait, queue.IsDeadLetter ? LongestDeadIdle : LongestIdle, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (QueueException error) when (error.Status == HttpStatusCode.NotFound)
            {
                wait = await TryCreateAsync(stop) ? FirstWait : await RestAsync(wait, LongestOutage, stop);
            }
            catch (Exception error)
            {
                Report(error, stop);
                wait = await RestAsync(wait, LongestOutage, stop);
            }
        }
    }

    public void Dispose() => slots.Dispose();

    private async Task<int> PollAsync(CancellationToken stop)
    {
        var taken = await TakeSlotsAsync(stop);
        IReadOnlyList<ReceivedMessage> messages = [];
        try
        {
            var began = TimeProvider.System.GetTimestamp();
            messages = await client.ReceiveAsync(queue, batch > 1 ? batch : taken, settings.MessageLock, stop);
            outage.Succeeded(queue, began);
        }
        finally
        {
            var used = batch > 1 ? Math.Min(1, messages.Count) : messages.Count;
            if (taken > used)
            {
                slots.Release(taken - used);
            }
        }

        foreach (var group in batch > 1 ? (messages.Count > 0 ? [messages] : []) : messages.Select(message => (IReadOnlyList<ReceivedMessage>)[message]))
        {
            _ = ProcessAsync(group);
        }

        return messages.Count;
    }

    /// <summary>Waits for one free slot and takes those that are free beside it, for one request.</summary>
    private async Task<int> TakeSlotsAsync(CancellationToken stop)
    {
        await slots.WaitAsync(stop);
        var taken = 1;
        while (batch == 1 && taken < 32 && slots.Wait(0, CancellationToken.None))
        {
            taken++;
        }

        return taken;
    }

    private async Task ProcessAsync(IReadOnlyList<ReceivedMessage> messages)
    {
        try
        {
            // Away from the polling loop, which must not wait for the function's synchronous part.
            await Task.Run(() => process(messages));
        }
        catch (Exception error)
        {
            Unhandled(queue.Name, error);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<bool> TryCreateAsync(CancellationToken stop)
    {
        try
        {
            await client.CreateAsync(queue, stop);
            return true;
        }
        catch (Exception error) when (error is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            Report(error, stop);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }

        return false;
    }

    private void Report(Exception error, CancellationToken stop)
    {
        // A refusal (a wrong key, say) is one too for a listener, which has nothing else to ask for.
        if (error is QueueException || QueueOutage.IsOutage(error, stop))
        {
            outage.Failed(queue, error);
        }
        else
        {
            Unhandled(queue.Name, error);
        }
    }

    private async Task<TimeSpan> RestAsync(TimeSpan wait, TimeSpan longest, CancellationToken stop)
    {
        try
        {
            await bell.WaitAsync(queue, wait, stop);
        }
        catch (OperationCanceledException)
        {
            // Stopping; the loop sees it.
        }

        return wait * 2 < longest ? wait * 2 : longest;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The listener of the queue {Queue} met an error and goes on.")]
    private partial void Unhandled(string queue, Exception error);
}
