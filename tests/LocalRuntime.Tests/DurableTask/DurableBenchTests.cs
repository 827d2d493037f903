using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

public sealed class TemporaryBench(ITestOutputHelper output)
{
    [Fact]
    public async Task Bench()
    {
        foreach (var sessions in new[] { false, true })
        {
            using (var scratch = new ScratchDirectory())
                Print($"three sessions={sessions}", await DurableBench.ThreeActivitiesAsync(scratch.Path, 2000, sessions));
            using (var scratch = new ScratchDirectory())
                Print($"fan sessions={sessions}", await DurableBench.FanOutAsync(scratch.Path, 1000, sessions));
        }
        using (var scratch = new ScratchDirectory())
            Print("replay", await DurableBench.ReplayAsync(scratch.Path, 10000));
    }

    private void Print(string name, IReadOnlyDictionary<string, double> figures)
    {
        foreach (var (key, value) in figures) { output.WriteLine($"{name}: {key} = {value:0.0}"); Console.WriteLine($"{name}: {key} = {value:0.0}"); }
    }
}
