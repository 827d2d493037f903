using System.Collections.Concurrent;

namespace Nightwatch.Functions.Alerts;

/// <summary>
/// Lets webhooks of one tenant that arrive together share one queue message: the first to ask waits a moment and carries the ids of all the others. A
/// webhook alone is not held up. Nothing rests on it: the store knows what no message told of, should the carrier die.
/// </summary>
public sealed class AlertHints(TimeProvider time)
{
    /// <summary>How long a carrier waits for others; bounds the messages of one process to some fifty a second and tenant however many webhooks come.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, Waiting> waiting = new(StringComparer.Ordinal);
    private int underWay;

    /// <summary>Tells that a webhook is being worked on, until it is disposed.</summary>
    public IDisposable Enter()
    {
        Interlocked.Increment(ref underWay);
        return new Visit(this);
    }

    /// <summary>The ids that the caller has to send: its own and those of others, or none since another carries them.</summary>
    public async Task<IReadOnlyList<string>> TakeAsync(string tenant, IReadOnlyList<string> episodeIds)
    {
        var own = waiting.GetOrAdd(tenant, _ => new Waiting());
        if (!own.Add(episodeIds))
        {
            return [];
        }

        if (Volatile.Read(ref underWay) > 1)
        {
            // Not ended by the caller's disconnecting: the others count on it.
            await Task.Delay(Gathering, time, CancellationToken.None);
        }

        return own.Take();
    }

    /// <summary>What one tenant's webhooks left for the next message.</summary>
    private sealed class Waiting
    {
        private readonly Lock gate = new();
        private List<string> ids = [];
        private bool isCarried;

        /// <summary>True when the caller is the one to carry.</summary>
        public bool Add(IReadOnlyList<string> more)
        {
            lock (gate)
            {
                ids.AddRange(more);
                return !isCarried && (isCarried = ids.Count > 0);
            }
        }

        public List<string> Take()
        {
            lock (gate)
            {
                var taken = ids;
                (ids, isCarried) = ([], false);
                return taken;
            }
        }
    }

    private sealed class Visit(AlertHints hints) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref hints.underWay);
    }
}
