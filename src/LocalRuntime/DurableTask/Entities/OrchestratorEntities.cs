using System.Diagnostics.CodeAnalysis;
using Microsoft.DurableTask.Entities;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Entities as orchestrators use them: each call, signal, lock and release becomes a numbered action, answered from history.</summary>
internal sealed class OrchestratorEntities(OrchestratorContext context, ReplayServices services) : TaskOrchestrationEntityFeature
{
    private CriticalSection? section;

    public override async Task<TResult> CallEntityAsync<TResult>(
        EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null) =>
        services.Converter.Deserialize<TResult>(await CallAsync(id, operationName, input, isUnread: false).ConfigureAwait(true))!;

    public override Task CallEntityAsync(EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null) =>
        CallAsync(id, operationName, input, isUnread: true);

    public override Task SignalEntityAsync(EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null)
    {
        var line = Line(HistoryKind.EntitySignaled, id, operationName) with { Ticks = options?.SignalTime?.UtcTicks ?? 0 };
        if (section?.Locks.Contains(id) == true)
        {
            throw new InvalidOperationException($"The critical section has locked entity '{id}'; call it, do not signal it.");
        }

        context.Tell(new PendingAction(line) { Input = Serialize(operationName, input) });
        return Task.CompletedTask;
    }

    public override async Task<IAsyncDisposable> LockEntitiesAsync(IEnumerable<EntityInstanceId> entityIds)
    {
        ArgumentNullException.ThrowIfNull(entityIds);

        // One order for all orchestrations, so that no two can wait for each other.
        EntityInstanceId[] ids = [.. entityIds.Select(EntityIds.Require).Distinct()
            .OrderBy(id => id.Name, StringComparer.Ordinal).ThenBy(id => id.Key, StringComparer.Ordinal)];
        if (ids.Length == 0)
        {
            throw new ArgumentException("There is no entity to lock.", nameof(entityIds));
        }

        if (section is not null)
        {
            throw new InvalidOperationException("The orchestration is in a critical section; it cannot enter another one.");
        }

        var asked = context.Call(new PendingAction(
            new HistoryEvent(HistoryKind.EntityLockAsked) { Target = EntityLocks.WriteIds(ids.Select(id => id.ToString())) }));
        var entered = section = new CriticalSection(ids);
        try
        {
            await asked.ConfigureAwait(true);
        }
        catch (TaskAttemptFailedException failure)
        {
            Leave(entered);
            throw new InvalidOperationException($"The entities could not be locked: {failure.Details.ErrorMessage}", failure);
        }

        entered.Available.UnionWith(ids);
        entered.IsGranted = true;
        return new Release(() => Leave(entered));
    }

    public override bool InCriticalSection([NotNullWhen(true)] out IReadOnlyList<EntityInstanceId>? entityIds)
    {
        entityIds = section is null ? [] : [.. section.Locks.Where(section.Available.Contains)];
        return section is not null;
    }

    /// <exception cref="InvalidOperationException">There is a critical section.</exception>
    public void RefuseSubOrchestration()
    {
        if (section is not null)
        {
            throw new InvalidOperationException("A critical section holds locks; a sub-orchestration cannot be called in it.");
        }
    }

    private async Task<string?> CallAsync(EntityInstanceId id, string operationName, object? input, bool isUnread)
    {
        var line = Line(HistoryKind.EntityCalled, id, operationName);
        var data = Serialize(operationName, input);
        var within = section;
        within?.Occupy(id);
        try
        {
            return await context.Call(new PendingAction(line) { Input = data, IsUnread = isUnread }).ConfigureAwait(true);
        }
        catch (TaskAttemptFailedException failure)
        {
            throw new EntityOperationFailedException(id, operationName, failure.Details);
        }
        finally
        {
            within?.Available.Add(id);
        }
    }

    private static HistoryEvent Line(HistoryKind kind, EntityInstanceId id, string operationName)
    {
        ArgumentException.ThrowIfNullOrEmpty(operationName);
        return new HistoryEvent(kind) { Name = operationName, Target = EntityIds.Require(id).ToString() };
    }

    private string? Serialize(string operationName, object? input) => services.Serialize(input, $"The input of operation '{operationName}'");

    private void Leave(CriticalSection left)
    {
        if (section == left)
        {
            section = null;
            context.Tell(new PendingAction(new HistoryEvent(HistoryKind.EntityUnlocked)));
        }
    }

    /// <summary>The entities that are locked, and those of them that no call is out to.</summary>
    private sealed class CriticalSection(EntityInstanceId[] locks)
    {
        public EntityInstanceId[] Locks { get; } = locks;

        public HashSet<EntityInstanceId> Available { get; } = [];

        public bool IsGranted { get; set; }

        /// <exception cref="InvalidOperationException">The entity cannot be called now.</exception>
        public void Occupy(EntityInstanceId id)
        {
            if (!Available.Remove(id))
            {
                throw new InvalidOperationException(
                    !IsGranted ? "The locks are not granted yet; await LockEntitiesAsync before a call to any entity."
                    : Locks.Contains(id) ? $"A call to entity '{id}' has not ended; a critical section calls each entity one at a time."
                    : $"The critical section has not locked entity '{id}' and cannot call it.");
            }
        }
    }

    private sealed class Release(Action leave) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            leave();
            return ValueTask.CompletedTask;
        }
    }
}
