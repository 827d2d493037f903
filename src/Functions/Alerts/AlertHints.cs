namespace Nightwatch.Functions.Alerts;

/// <summary>
/// Lets webhooks that arrive together share one queue message: the first to ask waits a moment and carries the ids of all the others. A webhook alone is
/// not held up. Nothing rests on it: the store knows what no message told of, should the carrier die.
/// </summary>
public sealed class AlertHints(TimeProvider time)
{
    /// <summary>How long a carrier waits for others; bounds the messages of one process to some fifty a second however many webhooks come.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private readonly Lock gate = new();
    private List<string> pending = [];
    private bool isCarried;
    private int underWay;

    /// <summary>Tells that a webhook is being worked on, until it is disposed.</summary>
    public IDisposable Enter()
    {
        Interlocked.Increment(ref underWay);
        return new Visit(this);
    }

    /// <summary>The ids that the caller has to send: its own and those of others, or none since another carries them.</summary>
    public async Task<IReadOnlyList<string>> TakeAsync(IReadOnlyList<string> episodeIds)
    {
        lock (gate)
        {
            pending.AddRange(episodeIds);
            if (isCarried || pending.Count == 0)
            {
                return [];
            }

            isCarried = true;
        }

        if (Volatile.Read(ref underWay) > 1)
        {
            // Not ended by the caller's disconnecting: the others count on it.
            await Task.Delay(Gathering, time, CancellationToken.None);
        }

        lock (gate)
        {
            var taken = pending;
            pending = [];
            isCarried = false;
            return taken;
        }
    }

    private sealed class Visit(AlertHints hints) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref hints.underWay);
    }
}
