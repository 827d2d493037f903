namespace Nightwatch.Support;

/// <summary>Waits for what must become true, generously: machines are noisy, and no test asserts how long a thing took.</summary>
public static class Eventually
{
    public static async Task<T> GetAsync<T>(Func<Task<T?>> probe, string what, CancellationToken cancellationToken, TimeSpan? limit = null)
        where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit ?? TimeSpan.FromMinutes(2));
        Exception? last = null;
        while (!deadline.IsCancellationRequested)
        {
            try
            {
                if (await probe() is { } found)
                {
                    return found;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or IOException)
            {
                last = failure;
            }

            await Task.Delay(100, CancellationToken.None);
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new TimeoutException($"Never happened: {what}.", last);
    }

    public static async Task HoldsAsync(Func<Task<bool>> probe, string what, CancellationToken cancellationToken, TimeSpan? limit = null) =>
        await GetAsync(async () => await probe() ? "yes" : null, what, cancellationToken, limit);
}
