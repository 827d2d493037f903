using System.Collections.Concurrent;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// Runs an orchestrator's continuations on the one thread that plays its history. What another thread posts shows that the code awaited something
/// that is not durable (or that a middleware hopped through the pool while returning); it is run here too, but from then on the context refuses calls.
/// </summary>
internal sealed class OrchestratorPump(Action cameTooLate) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> posted = new();
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> foreign = [];
    private volatile int thread;

    /// <summary>True while the calling thread is the one that plays the history.</summary>
    public bool IsCurrentThread => thread == Environment.CurrentManagedThreadId;

    /// <summary>True while some thread plays the history.</summary>
    public bool IsPlaying => thread != 0;

    /// <summary>True once a continuation came from outside.</summary>
    public bool HadForeignWork { get; private set; }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsCurrentThread)
        {
            posted.Enqueue((d, state));
        }
        else
        {
            foreign.Add((d, state));
            if (thread == 0)
            {
                // The turn is over: whatever this continues, history will never know of it.
                cameTooLate();
            }
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!IsCurrentThread)
        {
            throw new NotSupportedException("An orchestrator's context takes no calls from other threads.");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs <paramref name="body"/> with this as the current context.</summary>
    public void Enter(Action body)
    {
        var outer = Current;
        thread = Environment.CurrentManagedThreadId;
        SetSynchronizationContext(this);
        try
        {
            body();
        }
        finally
        {
            SetSynchronizationContext(outer);
            thread = 0;
            if (foreign.Count > 0)
            {
                cameTooLate();
            }
        }
    }

    /// <summary>Runs what was posted until nothing is left.</summary>
    public void Drain()
    {
        while (posted.TryDequeue(out var work))
        {
            work.Callback(work.State);
        }
    }

    /// <summary>Waits for a task that is on its way through the pool, running what is posted meanwhile. False when the time is over.</summary>
    public bool WaitFor(Task task, TimeSpan limit)
    {
        var deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (!task.IsCompleted)
        {
            if (foreign.TryTake(out var work, 1))
            {
                HadForeignWork = true;
                work.Callback(work.State);
                Drain();
            }
            else if (Environment.TickCount64 >= deadline)
            {
                return task.IsCompleted;
            }
        }

        return true;
    }
}
