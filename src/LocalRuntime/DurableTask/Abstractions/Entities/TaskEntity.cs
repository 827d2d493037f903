using Nightwatch.LocalRuntime.DurableTask;

namespace Microsoft.DurableTask.Entities;

/// <summary>An entity: runs operations one at a time.</summary>
public interface ITaskEntity
{
    /// <summary>Runs an operation and returns its result, which signals do not see.</summary>
    ValueTask<object?> RunAsync(TaskEntityOperation operation);
}

/// <summary>
/// An entity whose operations are its public methods, or those of its state, by name without regard to case. A parameter is the context, the operation or
/// the input. The state is read before an operation and stored after it; "delete" is there without being written.
/// </summary>
public abstract class TaskEntity<TState> : ITaskEntity
{
    private const string Delete = "delete";

    /// <summary>Whether an operation that the entity has no method for goes to a method of the state.</summary>
    protected virtual bool AllowStateDispatch => false;

    /// <summary>The state; setting it to null deletes it.</summary>
    protected TState State { get; set; } = default!;

    protected TaskEntityContext Context { get; private set; } = null!;

    /// <exception cref="NotSupportedException">There is no method for the operation.</exception>
    /// <exception cref="System.Reflection.AmbiguousMatchException">There are several.</exception>
    /// <exception cref="InvalidOperationException">A parameter cannot be bound.</exception>
    public async ValueTask<object?> RunAsync(TaskEntityOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Context = operation.Context;
        if (!TryRead(operation, out var stored))
        {
            // A state that its type no longer reads can still be deleted.
            operation.State.SetState(null);
            return null;
        }

        State = stored is TState state ? state : InitializeState(operation);
        object? target = EntityMethods.Of(GetType()).Has(operation.Name) ? this : StateTarget(operation);
        if (target is null)
        {
            return IsDelete(operation) ? DeleteState(operation) : throw new NotSupportedException($"No method fits the entity operation '{operation}'.");
        }

        var result = await EntityMethods.Of(target.GetType()).InvokeAsync(target, operation).ConfigureAwait(false);
        if (typeof(TState).IsValueType && target is TState changed && !ReferenceEquals(target, this))
        {
            State = changed;
        }

        operation.State.SetState(State);
        return result;
    }

    /// <summary>The state of an entity that has none. A nullable value type starts with its default value.</summary>
    protected virtual TState InitializeState(TaskEntityOperation entityOperation) =>
        Nullable.GetUnderlyingType(typeof(TState)) is { } underlying ? (TState)Activator.CreateInstance(underlying)! : Activator.CreateInstance<TState>();

    private static bool IsDelete(TaskEntityOperation operation) => string.Equals(operation.Name, Delete, StringComparison.OrdinalIgnoreCase);

    private static object? DeleteState(TaskEntityOperation operation)
    {
        operation.State.SetState(null);
        return null;
    }

    private static bool TryRead(TaskEntityOperation operation, out object? stored)
    {
        stored = null;
        try
        {
            stored = operation.State.GetState(typeof(TState));
            return true;
        }
        catch (Exception) when (IsDelete(operation))
        {
            return false;
        }
    }

    private object? StateTarget(TaskEntityOperation operation)
    {
        if (!AllowStateDispatch)
        {
            return null;
        }

        object target = State ?? throw new InvalidOperationException("The operation goes to the entity's state, but that is null.");
        return EntityMethods.Of(target.GetType()).Has(operation.Name) ? target : null;
    }
}
