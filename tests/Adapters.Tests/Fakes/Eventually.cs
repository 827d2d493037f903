namespace Nightwatch.Adapters.Tests.Fakes;

/// <summary>Asks again until the answer is the one waited for; gives up after a minute.</summary>
internal static class Eventually
{
    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> isIt)
    {
        var cancel = TestContext.Current.CancellationToken;
        var limit = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (isIt(answer) || TimeProvider.System.GetElapsedTime(limit) > TimeSpan.FromMinutes(1))
            {
                return answer;
            }

            await Task.Delay(100, cancel);
        }
    }
}
