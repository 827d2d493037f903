using Nightwatch.Domain.Storage;

namespace Nightwatch.Functions.Health;

/// <summary>
/// One check of the store for all who ask within a second. It writes, and anybody may ask whether the app is ready: without this, strangers would choose how
/// often the store is written to.
/// </summary>
public sealed class StoreCheck(IStoreMaintenance store, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private Task? check;
    private long began;

    /// <exception cref="StoreUnavailableException">The store could not be read and written within the last second.</exception>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (check is null || (check.IsCompleted && time.GetElapsedTime(began) >= Fresh))
            {
                began = time.GetTimestamp();
                // Not the caller's token: others wait for it too. The store has time limits of its own.
                check = Task.Run(() => store.CheckAsync(CancellationToken.None), CancellationToken.None);
            }

            return check.WaitAsync(cancellationToken);
        }
    }
}
