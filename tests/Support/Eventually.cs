namespace Nightwatch.Support;

/// <summary>Waits for what must become true, generously: machines are noisy, and no test asserts how long a thing took.</summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromMinutes(2);

    public static Task TrueAsync(Func<bool> probe, string what) => TrueAsync(() => Task.FromResult(probe()), what);

    public static Task TrueAsync(Func<Task<bool>> probe, string what) => TrueAsync(probe, what, DefaultLimit);

    /// <exception cref="TimeoutException">It did not come true within the limit.</exception>
    public static async Task TrueAsync(Func<Task<bool>> probe, string what, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        Exception? last = null;
        while (!deadline.IsCancellationRequested)
        {
            try
            {
                if (await probe())
                {
                    return;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or IOException)
            {
                last = failure;
            }

            await Task.Delay(25, CancellationToken.None);
        }

        throw new TimeoutException($"It never happened: {what}.", last);
    }

    /// <summary>Asks again until the answer is the one waited for; the last answer when it never is, so that the caller's assertion shows it.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> isIt)
    {
        using var deadline = new CancellationTokenSource(DefaultLimit);
        var answer = await ask();
        while (!isIt(answer) && !deadline.IsCancellationRequested)
        {
            await Task.Delay(100, CancellationToken.None);
            answer = await ask();
        }

        return answer;
    }
}
