using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>The measurements run and finish; figures are for the bench, not asserted here.</summary>
public sealed class DurableBenchTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Measurements_AtSmallSize_Finish()
    {
        var scale = int.TryParse(Environment.GetEnvironmentVariable("NIGHTWATCH_BENCH_SCALE"), out var given) ? given : 1;
        foreach (var sessions in new[] { false, true })
        {
            await PrintAsync($"three activities, sessions {sessions}", folder => DurableBench.ThreeActivitiesAsync(folder, 100 * scale, sessions));
            await PrintAsync($"fan-out {50 * scale}, sessions {sessions}", folder => DurableBench.FanOutAsync(folder, 50 * scale, sessions));
        }

        await PrintAsync("replay", folder => DurableBench.ReplayAsync(folder, 500 * scale));
        foreach (var read in new[] { true, false })
        {
            await PrintAsync($"replay of {20 * scale} results of 64 KiB, read {read}", folder => DurableBench.ReplayLongResultsAsync(folder, 20 * scale, 65_536, read));
        }

        await PrintAsync($"beside {5_000 * scale} timers", folder => DurableBench.PendingTimersAsync(folder, 5_000 * scale, 100 * scale));
    }

    private async Task PrintAsync(string name, Func<string, Task<IReadOnlyDictionary<string, double>>> measure)
    {
        using var scratch = new ScratchDirectory();
        foreach (var (key, value) in await measure(scratch.Path))
        {
            output.WriteLine($"{name}: {value:0.0} {key}");
            Assert.True(value > 0);
        }
    }
}
