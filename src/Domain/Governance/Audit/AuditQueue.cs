using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>The events of one tenant that wait for the write before them. No lock is held while the store works.</summary>
/// <param name="written">Called after each group with the chain's head and the number of events, before the callers go on.</param>
internal sealed class AuditQueue(AuditChain chain, Action<AuditHead, int> written)
{
    private const int MaxGroup = 256;
    private const int MaxWaiting = 10_000;

    private readonly Lock gate = new();
    private readonly Queue<Waiting> waiting = new();
    private bool writing;

    public Task AddAsync(AuditEvent audited)
    {
        var item = new Waiting(audited);
        lock (gate)
        {
            if (waiting.Count >= MaxWaiting)
            {
                return Task.FromException(new StoreUnavailableException($"{MaxWaiting} audit records already wait for the store."));
            }

            waiting.Enqueue(item);
            if (writing)
            {
                return item.Task;
            }

            writing = true;
        }

        _ = WriteAsync();
        return item.Task;
    }

    private async Task WriteAsync()
    {
        while (Take() is { Count: > 0 } group)
        {
            try
            {
                var head = await chain.AppendAsync([.. group.Select(w => w.Audited)]);
                written(head, group.Count);
            }
            catch (Exception failure)
            {
                // Each caller handles it; this loop must live on for the next.
                group.ForEach(w => w.TrySetException(failure));
                continue;
            }

            group.ForEach(w => w.TrySetResult());
        }
    }

    private List<Waiting>? Take()
    {
        lock (gate)
        {
            var group = new List<Waiting>(Math.Min(waiting.Count, MaxGroup));
            while (group.Count < MaxGroup && waiting.TryDequeue(out var next))
            {
                group.Add(next);
            }

            writing = group.Count > 0;
            return group;
        }
    }

    private sealed class Waiting(AuditEvent audited) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public AuditEvent Audited { get; } = audited;
    }
}
