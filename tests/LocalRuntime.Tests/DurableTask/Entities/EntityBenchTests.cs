using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.DurableTask.Entities;

/// <summary>The measurements run and finish; figures are for the bench, not asserted here.</summary>
public sealed class EntityBenchTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Measurements_AtSmallSize_Finish()
    {
        var scale = int.TryParse(Environment.GetEnvironmentVariable("NIGHTWATCH_BENCH_SCALE"), out var given) ? given : 1;
        await PrintAsync("signals to one entity", folder => EntityBench.SignalsAsync(folder, 1, 500 * scale));
        await PrintAsync("signals to 100 entities", folder => EntityBench.SignalsAsync(folder, 100, 500 * scale));
        await PrintAsync("calls of one entity", folder => EntityBench.CallsAsync(folder, 1, 50 * scale));
        await PrintAsync("calls of 100 entities", folder => EntityBench.CallsAsync(folder, 100, 50 * scale));
        await PrintAsync("transfers among 50 accounts", folder => EntityBench.TransfersAsync(folder, 50, 50 * scale));
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
