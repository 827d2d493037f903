using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.DeadLetters;

namespace Nightwatch.Functions.DeadLetters;

/// <summary>
/// Takes what the queues gave up on into the store, where people find it. Bytes and not text: a body that is no text must not come back as another. It
/// fails only when the store is away; then the queue hands the letter over again.
/// </summary>
public sealed class DeadLetterTriggers(StoreDeadLetter store)
{
    [Function("StoreDeadAlerts")]
    public Task AlertsAsync(
        [ServiceBusTrigger(Queues.Alerts + Queues.DeadLetters, Connection = Queues.Connection)] byte[] message, FunctionContext context, CancellationToken cancellationToken) =>
        store.StoreAsync(DeadLetterBinding.Read(Queues.Alerts, message, context.BindingContext.BindingData), cancellationToken);

    [Function("StoreDeadReconciliations")]
    public Task ReconcileAsync(
        [ServiceBusTrigger(Queues.Reconcile + Queues.DeadLetters, Connection = Queues.Connection)] byte[] message, FunctionContext context, CancellationToken cancellationToken) =>
        store.StoreAsync(DeadLetterBinding.Read(Queues.Reconcile, message, context.BindingContext.BindingData), cancellationToken);
}
