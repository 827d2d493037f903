namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Wakes those who wait for an instance to change. A wake is a hint: the waiter looks at the file again.</summary>
internal sealed class ChangeSignals
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Watch> watches = new(StringComparer.Ordinal);

    /// <summary>How many instances somebody waits for.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return watches.Count;
            }
        }
    }

    /// <summary>Begins to wait; whoever gets it disposes of it once.</summary>
    public Watch Begin(string instanceId)
    {
        lock (gate)
        {
            if (!watches.TryGetValue(instanceId, out var watch))
            {
                watches.Add(instanceId, watch = new Watch(this, instanceId));
            }

            watch.Waiters++;
            return watch;
        }
    }

    public void Changed(string instanceId)
    {
        Watch? watch;
        lock (gate)
        {
            watches.Remove(instanceId, out watch);
        }

        watch?.Wake();
    }

    /// <summary>Another process has changed something.</summary>
    public void AllMayHaveChanged()
    {
        List<Watch> woken;
        lock (gate)
        {
            woken = [.. watches.Values];
            watches.Clear();
        }

        woken.ForEach(watch => watch.Wake());
    }

    // An instance that never changes, such as one that does not exist, must not be remembered after the last waiter has left.
    private void End(Watch watch)
    {
        lock (gate)
        {
            if (--watch.Waiters == 0 && watches.TryGetValue(watch.InstanceId, out var known) && known == watch)
            {
                watches.Remove(watch.InstanceId);
            }
        }
    }

    /// <summary>A wait for one instance's next change, shared by all who began it before the change.</summary>
    internal sealed class Watch(ChangeSignals signals, string instanceId) : IDisposable
    {
        private readonly TaskCompletionSource change = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string InstanceId { get; } = instanceId;

        /// <summary>Completes at the next change that this process knows of.</summary>
        public Task Change => change.Task;

        public int Waiters { get; set; }

        public void Wake() => change.TrySetResult();

        public void Dispose() => signals.End(this);
    }
}
