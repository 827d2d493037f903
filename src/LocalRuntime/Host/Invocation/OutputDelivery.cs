using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nightwatch.LocalRuntime.ServiceBus;

namespace Nightwatch.LocalRuntime.Host.Invocation;

/// <summary>Sends what functions put into their queue outputs.</summary>
internal sealed partial class OutputDelivery(
    QueueDirectory queues,
    QueueSender sender,
    QueueOutage outage,
    InvocationTracker tracker,
    IOptions<WorkerOptions> options,
    ILogger<OutputDelivery> log)
{
    /// <summary>Invocations that may wait for queues which cannot be used: with the largest messages, 64 MB.</summary>
    private const int MaxWaiting = 1000;

    private readonly ConcurrentDictionary<ServiceBusOutputAttribute, QueueAddress> addresses = new(ReferenceEqualityComparer.Instance);
    private int waiting;

    /// <summary>Sends off the caller's path; a failure is logged, since nobody waits for it. In an outage only so many wait: the others are given up at once.</summary>
    public void DeliverLater(FunctionInvocationContext invocation)
    {
        if (!invocation.Outputs.Any(output => output is { Descriptor.Binding: ServiceBusOutputAttribute, Value: not null }))
        {
            return;
        }

        if (outage.IsDown && Volatile.Read(ref waiting) >= MaxWaiting)
        {
            outage.GaveUp(invocation.Function.Name, 1, null);
            return;
        }

        _ = DeliverAndLogAsync(invocation);
    }

    /// <summary>Sends, in order; the first failure ends it and comes out.</summary>
    public async Task DeliverAsync(FunctionInvocationContext invocation, CancellationToken cancellationToken)
    {
        foreach (var output in invocation.Outputs)
        {
            if (output is { Descriptor.Binding: ServiceBusOutputAttribute binding, Value: { } value })
            {
                var queue = addresses.GetOrAdd(binding, _ => queues.Find(invocation.Function.Name, binding.QueueOrTopicName, binding.Connection));
                foreach (var message in Messages(value))
                {
                    await sender.SendAsync(queue, message, cancellationToken);
                }
            }
        }
    }

    private async Task DeliverAndLogAsync(FunctionInvocationContext invocation)
    {
        using var running = tracker.Begin(CancellationToken.None, timed: false);
        Interlocked.Increment(ref waiting);
        try
        {
            await DeliverAsync(invocation, running.Token);
        }
        catch (Exception error) when (error is OperationCanceledException || QueueOutage.IsOutage(error, running.Token))
        {
            outage.GaveUp(invocation.Function.Name, 1, error);
        }
        catch (Exception error)
        {
            Lost(invocation.Function.Name, invocation.InvocationId, error);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    /// <summary>Strings and bytes go as they are; anything else as JSON, whose array is a message for each of its items.</summary>
    private IEnumerable<MessageEnvelope> Messages(object value) => value switch
    {
        string text => [Message(text)],
        byte[] bytes => [Message(bytes)],
        IEnumerable<string?> texts => texts.OfType<string>().Select(Message),
        IEnumerable<byte[]?> several => several.OfType<byte[]>().Select(Message),
        _ => FromJson(options.Value.Serializer!.Serialize(value, value.GetType(), CancellationToken.None)),
    };

    private static IEnumerable<MessageEnvelope> FromJson(BinaryData json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement is { ValueKind: JsonValueKind.Array } array
            ? [.. array.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Null)
                .Select(item => Message(item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText()))]
            : [Message(json.ToString())];
    }

    private static MessageEnvelope Message(string body) => MessageEnvelope.Create(body, TimeProvider.System);

    private static MessageEnvelope Message(byte[] body) => MessageEnvelope.Create(body, TimeProvider.System);

    [LoggerMessage(Level = LogLevel.Error, Message = "The output messages of {Function} ({InvocationId}) were not delivered.")]
    private partial void Lost(string function, string invocationId, Exception error);
}
