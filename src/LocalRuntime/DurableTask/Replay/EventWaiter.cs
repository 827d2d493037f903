using Microsoft.DurableTask;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>A wait for one event.</summary>
internal abstract class EventWaiter(Type type)
{
    public Type Type { get; } = type;

    public Action? Abandon { get; set; }

    /// <summary>True once the run is to start over: later events are the next run's.</summary>
    public bool IsPassedBy { get; set; }

    public abstract void Complete(string? data);
}

/// <summary>A wait whose event is read as a type; what the type refuses comes out where the event is awaited.</summary>
internal sealed class EventWaiter<T>(DataConverter converter) : EventWaiter(typeof(T))
{
    private readonly TaskCompletionSource<T> arrival = new();

    public Task<T> Arrival => arrival.Task;

    public override void Complete(string? data)
    {
        try
        {
            arrival.TrySetResult(converter.Deserialize<T>(data)!);
        }
        catch (Exception failure)
        {
            // A type may refuse a value in its own way; that is for the code that awaits it, not for the engine.
            arrival.TrySetException(failure);
        }
    }

    public void Cancel(OrchestratorPump pump, CancellationToken cancellationToken)
    {
        if (!pump.IsCurrentThread)
        {
            pump.Post(_ => Cancel(pump, cancellationToken), null);
        }
        else if (!arrival.Task.IsCompleted)
        {
            Abandon?.Invoke();
            arrival.TrySetCanceled(cancellationToken);
        }
    }
}
