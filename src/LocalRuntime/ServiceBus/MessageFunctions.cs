using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.Host;
using Nightwatch.LocalRuntime.Host.Functions;
using Nightwatch.LocalRuntime.Host.Invocation;

namespace Nightwatch.LocalRuntime.ServiceBus;

/// <summary>Listens for the app's queue functions.</summary>
internal sealed class MessageFunctions(
    FunctionCatalog catalog,
    QueueDirectory directory,
    QueueClient client,
    QueueSender sender,
    QueueOutage outage,
    QueueBell bell,
    FunctionPipeline pipeline,
    InvocationTracker tracker,
    OutputDelivery outputs,
    HostSettings settings,
    IServiceScopeFactory scopes,
    ILogger<MessageFunctions> log) : ITriggerListener
{
    private readonly List<(FunctionDescriptor Function, ServiceBusTriggerAttribute Trigger, QueueAddress Queue)> functions = [];

    public void Validate()
    {
        foreach (var function in catalog.Functions)
        {
            if (function.Trigger is ServiceBusTriggerAttribute trigger)
            {
                functions.Add((function, trigger, directory.Find(function.Name, trigger.QueueName!, trigger.Connection)));
            }

            foreach (var output in function.Outputs)
            {
                if (output.Binding is ServiceBusOutputAttribute binding && directory.Find(function.Name, binding.QueueOrTopicName, binding.Connection).IsDeadLetter)
                {
                    throw new FunctionRefusedException(function.Name, $"nothing can be sent to '{binding.QueueOrTopicName}': only the broker puts messages there.");
                }
            }
        }
    }

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(functions.Select(item => Listener(item.Function, item.Trigger, item.Queue).RunAsync(stop)));

    private QueueListener Listener(FunctionDescriptor function, ServiceBusTriggerAttribute trigger, QueueAddress queue)
    {
        var delivery = new MessageDelivery(function, queue, trigger.IsBatched, client, sender, bell, pipeline, tracker, outputs, settings, scopes, log);
        return new QueueListener(queue, trigger.IsBatched ? settings.MaxMessageBatchSize : 1, client, outage, bell, settings, delivery.ProcessAsync, log);
    }
}
