using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.LocalRuntime.DurableTask;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Hands the operations that an entity function was invoked for to an entity. To be called once.</summary>
public sealed class TaskEntityDispatcher
{
    private readonly EntityBatch batch;
    private readonly IServiceProvider services;

    internal TaskEntityDispatcher(EntityBatch batch, IServiceProvider services)
    {
        this.batch = batch;
        this.services = services;
    }

    public Task DispatchAsync(ITaskEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return batch.RunAsync(entity);
    }

    /// <summary>Dispatches to an entity of the type, from the services or made with them; a type that is no entity is taken for the state, with its methods.</summary>
    public Task DispatchAsync<T>() => typeof(ITaskEntity).IsAssignableFrom(typeof(T))
        ? DispatchAsync((ITaskEntity)ActivatorUtilities.GetServiceOrCreateInstance<T>(services)!)
        : DispatchAsync(new StateEntity<T>());

    public Task DispatchAsync(Func<TaskEntityOperation, ValueTask<object?>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return DispatchAsync(new HandlerEntity(handler));
    }

    private sealed class StateEntity<T> : TaskEntity<T>
    {
        protected override bool AllowStateDispatch => true;
    }

    private sealed class HandlerEntity(Func<TaskEntityOperation, ValueTask<object?>> handler) : ITaskEntity
    {
        public ValueTask<object?> RunAsync(TaskEntityOperation operation) => handler(operation);
    }
}
