namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Wakes those who wait for an instance to change. A wake is a hint: the waiter looks at the file again.</summary>
internal sealed class ChangeSignals
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, TaskCompletionSource> waiters = new(StringComparer.Ordinal);

    /// <summary>Completes at the next change of the instance that this process knows of.</summary>
    public Task Next(string instanceId)
    {
        lock (gate)
        {
            if (!waiters.TryGetValue(instanceId, out var waiter))
            {
                waiters.Add(instanceId, waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            return waiter.Task;
        }
    }

    public void Changed(string instanceId)
    {
        TaskCompletionSource? waiter;
        lock (gate)
        {
            waiters.Remove(instanceId, out waiter);
        }

        waiter?.TrySetResult();
    }

    /// <summary>Another process has changed something.</summary>
    public void AllMayHaveChanged()
    {
        List<TaskCompletionSource> woken;
        lock (gate)
        {
            woken = [.. waiters.Values];
            waiters.Clear();
        }

        woken.ForEach(waiter => waiter.TrySetResult());
    }
}
