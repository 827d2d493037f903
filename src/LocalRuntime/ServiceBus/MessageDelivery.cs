using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.Host;
using Nightwatch.LocalRuntime.Host.Functions;
using Nightwatch.LocalRuntime.Host.Invocation;

namespace Nightwatch.LocalRuntime.ServiceBus;

/// <summary>
/// One function's deliveries: keeps the messages hidden while the function runs, sends its outputs, then completes the messages, gives them back, or
/// moves those that have failed too often to the dead-letter queue. A message of the dead-letter queue itself stays there until its function succeeds.
/// </summary>
internal sealed partial class MessageDelivery(
    FunctionDescriptor function,
    QueueAddress queue,
    bool batched,
    QueueClient client,
    QueueSender sender,
    QueueBell bell,
    FunctionPipeline pipeline,
    InvocationTracker tracker,
    OutputDelivery outputs,
    HostSettings settings,
    IServiceScopeFactory scopes,
    ILogger log)
{
    private static readonly TimeSpan LongestDeadLetterWait = TimeSpan.FromMinutes(1);

    public async Task ProcessAsync(IReadOnlyList<ReceivedMessage> received)
    {
        using var running = tracker.Begin(CancellationToken.None);
        var deliveries = new List<Delivery>(received.Count);
        foreach (var message in received)
        {
            var delivery = new Delivery(message, MessageEnvelope.Read(message));
            if (message.DequeueCount > settings.MaxDeliveryCount && !queue.IsDeadLetter)
            {
                await DeadLetterAsync(
                    delivery, "MaxDeliveryCountExceeded", "The last delivery was not settled: the process that held the message died, or the queue's answers were lost.");
            }
            else
            {
                deliveries.Add(delivery);
            }
        }

        if (deliveries.Count == 0)
        {
            return;
        }

        var error = await RunWhileHiddenAsync(deliveries, running.Token);
        foreach (var delivery in deliveries)
        {
            await SettleAsync(delivery, error, running.Token);
        }
    }

    private async Task<Exception?> RunWhileHiddenAsync(List<Delivery> deliveries, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource();
        var renewal = RenewAsync(deliveries, over.Token);
        try
        {
            await InvokeAsync(deliveries, cancellationToken);
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
        finally
        {
            await over.CancelAsync();
            await renewal;
        }
    }

    private async Task InvokeAsync(List<Delivery> deliveries, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        object value = batched ? deliveries.Select(delivery => delivery.Envelope.Content).ToList() : deliveries[0].Envelope.Content;
        var invocation = new FunctionInvocationContext(function, value, scope.ServiceProvider, BindingData(deliveries), cancellationToken);
        await pipeline.RunAsync(invocation);
        await outputs.DeliverAsync(invocation, cancellationToken);
    }

    private async Task RenewAsync(List<Delivery> deliveries, CancellationToken over)
    {
        try
        {
            while (true)
            {
                await Task.Delay(settings.MessageLock / 2, over);
                foreach (var delivery in deliveries)
                {
                    try
                    {
                        delivery.Message = delivery.Message with { Receipt = await client.HideAsync(queue, delivery.Message, settings.MessageLock, over) };
                    }
                    catch (Exception error) when (!over.IsCancellationRequested)
                    {
                        NotRenewed(function.Name, delivery.Envelope.MessageId, error.Message);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The function is done.
        }
    }

    private async Task SettleAsync(Delivery delivery, Exception? error, CancellationToken cancellationToken)
    {
        try
        {
            if (error is null)
            {
                await RetryAsync(() => client.DeleteAsync(queue, delivery.Message, CancellationToken.None));
                return;
            }

            if (queue.IsDeadLetter)
            {
                await KeepAsync(delivery, error);
                return;
            }

            Failed(function.Name, delivery.Envelope.MessageId, delivery.Message.DequeueCount, settings.MaxDeliveryCount, error);
            if (delivery.Message.DequeueCount >= settings.MaxDeliveryCount && !cancellationToken.IsCancellationRequested)
            {
                await DeadLetterAsync(delivery, "MaxDeliveryCountExceeded", $"{error.GetType().Name}: {error.Message}");
                return;
            }

            await RetryAsync(() => client.HideAsync(queue, delivery.Message, settings.RetryDelay, CancellationToken.None));
            bell.Ring(queue);
        }
        catch (Exception failure)
        {
            // Not lost: it appears again when its lock ends.
            NotSettled(function.Name, delivery.Envelope.MessageId, failure.Message);
        }
    }

    /// <summary>A dead letter has nowhere else to go: it comes again, later each time.</summary>
    private Task KeepAsync(Delivery delivery, Exception error)
    {
        var wait = TimeSpan.FromSeconds(Math.Min(LongestDeadLetterWait.TotalSeconds, Math.Pow(2, Math.Min(delivery.Message.DequeueCount, 30) - 1)));
        Kept(function.Name, delivery.Envelope.MessageId, delivery.Message.DequeueCount, wait, error);
        return RetryAsync(() => client.HideAsync(queue, delivery.Message, wait, CancellationToken.None));
    }

    /// <summary>Puts the copy first, so that a crash in between leaves two and never none.</summary>
    private async Task DeadLetterAsync(Delivery delivery, string reason, string error)
    {
        var note = new DeadLetterNote(queue.Name, reason, error.Length > 1000 ? error[..1000] : error, delivery.Message.DequeueCount);
        await sender.PutAsync(queue.DeadLetter, delivery.Envelope.EncodeWith(note) ?? delivery.Message.Text, CancellationToken.None);
        bell.Ring(queue.DeadLetter);
        await RetryAsync(() => client.DeleteAsync(queue, delivery.Message, CancellationToken.None));
        DeadLettered(delivery.Envelope.MessageId, queue.DeadLetter.Name, reason, note.Error);
    }

    /// <summary>A short outage must not make a finished message run again.</summary>
    private static async Task RetryAsync(Func<Task> call)
    {
        for (var wait = TimeSpan.FromMilliseconds(100); ; wait *= 2)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception error) when (wait < TimeSpan.FromSeconds(5) && QueueOutage.IsOutage(error, CancellationToken.None))
            {
                await Task.Delay(wait);
            }
        }
    }

    /// <summary>As the official worker shows them: text as it is, other values as JSON.</summary>
    private Dictionary<string, object?> BindingData(List<Delivery> deliveries)
    {
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        if (batched)
        {
            data["ApplicationPropertiesArray"] = JsonSerializer.Serialize(deliveries.Select(delivery => delivery.Envelope.ApplicationProperties));
            data["MessageIdArray"] = JsonSerializer.Serialize(deliveries.Select(delivery => delivery.Envelope.MessageId));
            data["DeliveryCountArray"] = JsonSerializer.Serialize(deliveries.Select(delivery => delivery.Count));
            data["EnqueuedTimeUtcArray"] = JsonSerializer.Serialize(deliveries.Select(delivery => delivery.Envelope.EnqueuedTimeUtc.UtcDateTime));
        }
        else
        {
            data["ApplicationProperties"] = JsonSerializer.Serialize(deliveries[0].Envelope.ApplicationProperties);
            data["MessageId"] = deliveries[0].Envelope.MessageId;
            data["DeliveryCount"] = deliveries[0].Count.ToString(CultureInfo.InvariantCulture);
            data["EnqueuedTimeUtc"] = JsonSerializer.Serialize(deliveries[0].Envelope.EnqueuedTimeUtc.UtcDateTime);
        }

        return data;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The function {Function} failed on the message {MessageId}, delivery {Delivery} of {Most}.")]
    private partial void Failed(string function, string messageId, int delivery, int most, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The function {Function} failed on the dead letter {MessageId} ({Time}. time), which comes again in {Wait}.")]
    private partial void Kept(string function, string messageId, int time, TimeSpan wait, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The message {MessageId} went to {DeadLetterQueue}: {Reason}. {Error}")]
    private partial void DeadLettered(string messageId, string deadLetterQueue, string reason, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Function}: the lock of the message {MessageId} was not renewed: {Error}")]
    private partial void NotRenewed(string function, string messageId, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Function}: the message {MessageId} could not be settled and will be delivered again: {Error}")]
    private partial void NotSettled(string function, string messageId, string error);

    private sealed class Delivery(ReceivedMessage message, MessageEnvelope envelope)
    {
        /// <summary>With the receipt that is valid now.</summary>
        public ReceivedMessage Message { get; set; } = message;

        public MessageEnvelope Envelope { get; } = envelope;

        /// <summary>A dead letter's count goes on from where it died.</summary>
        public int Count => Message.DequeueCount + (Envelope.DeadLetter?.Deliveries ?? 0);
    }
}
