namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>
/// One question on its way to the source, for all who ask it meanwhile. One who gives up leaves the others waiting; when nobody waits any more the question is
/// called off.
/// </summary>
internal sealed class CacheFlight<T>(Func<CancellationToken, Task<T>> load) : ICacheFlight
{
    private readonly Lock gate = new();
    private CancellationTokenSource? abandoned = new();
    private Task<T>? task;
    private int waiting;

    /// <summary>False when everybody has left already; the asker then asks anew.</summary>
    public bool TryJoin()
    {
        lock (gate)
        {
            if (abandoned is null)
            {
                return false;
            }

            waiting++;
            return true;
        }
    }

    /// <summary>By one who has joined; once.</summary>
    public async Task<T> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Run().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>The last one who leaves has done the same.</summary>
    public void Dispose() => abandoned?.Dispose();

    private Task<T> Run()
    {
        lock (gate)
        {
            // On a thread of its own: it goes on when the one who came first gives up, and runs outside of this lock.
            var token = abandoned!.Token;
            return task ??= Task.Run(() => load(token), CancellationToken.None);
        }
    }

    private void Leave()
    {
        CancellationTokenSource? over;
        lock (gate)
        {
            over = --waiting == 0 ? abandoned : null;
            abandoned = waiting == 0 ? null : abandoned;
        }

        if (over is not null)
        {
            over.Cancel();
            over.Dispose();

            // Nobody is left to look at how it ends.
            task?.ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }
}

/// <summary>A flight of whatever gives.</summary>
internal interface ICacheFlight : IDisposable;
