using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// Operations that one invocation of an entity function runs, in order. Each is all or nothing: one that throws leaves the state as it was and sends nothing.
/// </summary>
internal sealed class EntityBatch(
    EntityInstanceId id, IReadOnlyList<EntityMessage> operations, string? state, ReplayServices services, TimeProvider time, CancellationToken aborting)
{
    // Callers wait for the commit of the whole batch, so slow operations are committed a few at a time.
    private static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(500);

    private readonly string? before = state;
    private readonly List<OperationOutcome> outcomes = [];
    private readonly List<EntityEffect> effects = [];
    private int dispatched;

    public EntityInstanceId Id => id;

    /// <summary>The state after the operations that have ended.</summary>
    public string? State { get; private set; } = state;

    public IReadOnlyList<OperationOutcome> Outcomes => outcomes;

    public IReadOnlyList<EntityEffect> Effects => effects;

    /// <exception cref="InvalidOperationException">The operations have been dispatched already.</exception>
    /// <exception cref="OperationCanceledException">The engine stops; nothing of the batch is to be stored.</exception>
    public async Task RunAsync(ITaskEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        if (Interlocked.Exchange(ref dispatched, 1) == 1)
        {
            throw new InvalidOperationException($"The operations of entity '{id}' have been dispatched already.");
        }

        var began = Stopwatch.GetTimestamp();
        foreach (var message in operations)
        {
            outcomes.Add(await RunAsync(entity, message).ConfigureAwait(false));
            if (Stopwatch.GetElapsedTime(began) > LongEnough)
            {
                return;
            }
        }
    }

    /// <summary>All operations failed for the same reason, which lies outside of them.</summary>
    public void Fail(TaskFailureDetails failure)
    {
        outcomes.Clear();
        effects.Clear();
        State = before;
        outcomes.AddRange(operations.Select(message => new OperationOutcome(message, null, failure)));
    }

    private async Task<OperationOutcome> RunAsync(ITaskEntity entity, EntityMessage message)
    {
        aborting.ThrowIfCancellationRequested();
        var operation = new RunningOperation(id, message, State, services, time);
        try
        {
            var returned = await entity.RunAsync(operation).ConfigureAwait(false);
            var result = services.Serialize(returned, $"The result of operation '{operation}'");
            operation.End();
            State = operation.NewState;
            effects.AddRange(operation.Effects);
            return new OperationOutcome(message, result, null);
        }
        catch (Exception failure) when (!aborting.IsCancellationRequested)
        {
            operation.End();
            return new OperationOutcome(message, null, TaskFailureDetails.FromException(failure));
        }
    }
}
