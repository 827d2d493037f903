using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.Support;

namespace Nightwatch.Bench;

/// <summary>
/// The durable engine on the disk of this machine (synchronous=FULL), each figure a median of rounds. Beside the first ones: the same on a file in memory, whose
/// commits cost nothing, which is as fast as an engine that forgets would be.
/// </summary>
internal static class DurableBench
{
    private const int Rounds = 5;
    private const int Clients = 256;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, make) in new (string, Func<ScratchDirectory>)[] { ("on disk", () => new ScratchDirectory()), ("in memory", ScratchDirectory.InMemory) })
        {
            await RateAsync($"three activities in sequence, {name}", make, "Three", 2_000, cancellationToken);
            await RateAsync($"five activities in sequence (HelloCities), {name}", make, "Five", 2_000, cancellationToken);
            await RateAsync($"fan-out of 100, {name}", make, "FanOut", 50, cancellationToken, input: 100);
        }

        await RoundsAsync("fan-out of 1,000", "ms", engine => TimeAsync(() => RunAsync(engine, "FanOut", 1_000)), cancellationToken);
        await RoundsAsync("events to one instance", "/s", engine => EventsAsync(engine, 2_000), cancellationToken);
        await TimersAsync(100_000, cancellationToken);
        foreach (var events in new[] { 1, 10, 100, 1_000, 10_000 })
        {
            await ReplayAsync(events, cancellationToken);
        }

        await RecoveryAsync(10_000, cancellationToken);
    }

    private static async Task RateAsync(
        string name, Func<ScratchDirectory> make, string orchestrator, int count, CancellationToken cancellationToken, int input = 0) =>
        await RoundsAsync(name, "/s", async engine =>
        {
            var clock = Stopwatch.StartNew();
            await RunManyAsync(engine, orchestrator, count, input);
            return count / clock.Elapsed.TotalSeconds;
        }, cancellationToken, make, engine => RunManyAsync(engine, orchestrator, Math.Min(count, 100), input));

    private static async Task RoundsAsync(
        string name, string unit, Func<DurableEngine, Task<double>> measure, CancellationToken cancellationToken, Func<ScratchDirectory>? make = null,
        Func<DurableEngine, Task>? warm = null)
    {
        using var scratch = make?.Invoke() ?? new ScratchDirectory();
        await using var engine = Open(scratch.Path);
        await engine.StartAsync(cancellationToken);
        await (warm?.Invoke(engine) ?? RunManyAsync(engine, "Three", 100, 0));
        var samples = new Samples();
        for (var round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            samples.Add(await measure(engine));
        }

        Console.WriteLine($"  {name}: {samples.Median:N0} {unit} (median of {Rounds})");
    }

    private static async Task<double> EventsAsync(DurableEngine engine, int count)
    {
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Listener", count);
        await engine.Client.WaitForInstanceStartAsync(id);
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (i, stop) =>
            await engine.Client.RaiseEventAsync(id, "Next", i, stop));
        await EndAsync(engine, id);
        return count / clock.Elapsed.TotalSeconds;
    }

    // With and without the timers, by turns on two files, so that what else the machine does falls on both.
    private static async Task TimersAsync(int timers, CancellationToken cancellationToken)
    {
        using var scratch = new ScratchDirectory();
        using var other = new ScratchDirectory();
        await using var laden = Open(scratch.Path);
        await using var empty = Open(other.Path);
        await laden.StartAsync(cancellationToken);
        await empty.StartAsync(cancellationToken);
        for (var left = timers; left > 0; left -= 1_000)
        {
            await laden.Client.ScheduleNewOrchestrationInstanceAsync("Sleepers", 1_000, cancellationToken);
        }

        while (laden.Store.Read(session => (long)session.Scalar("SELECT COUNT(*) FROM timers")!) < timers)
        {
            await Task.Delay(100, cancellationToken);
        }

        var (with, without) = (new Samples(), new Samples());
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (engine, samples) in new[] { (laden, with), (empty, without) })
            {
                var clock = Stopwatch.StartNew();
                await RunManyAsync(engine, "Three", 1_000, 0);
                if (round > 0)
                {
                    samples.Add(1_000 / clock.Elapsed.TotalSeconds);
                }
            }
        }

        Console.WriteLine($"  three activities beside {timers:N0} pending timers: {with.Median:N0} /s; without them {without.Median:N0} /s (ratio {with.Median / without.Median:0.00})");
    }

    private static async Task ReplayAsync(int events, CancellationToken cancellationToken)
    {
        var samples = new Samples();
        var lines = 0;
        for (var round = 0; round < Rounds; round++)
        {
            using var scratch = new ScratchDirectory();
            var id = $"long-{round}";
            await using (var engine = Open(scratch.Path, sessions: true))
            {
                await engine.StartAsync(cancellationToken);
                await engine.Client.ScheduleNewOrchestrationInstanceAsync("Long", events / 3, new StartOrchestrationOptions(id), cancellationToken);
                while ((await engine.Client.GetInstanceAsync(id, true, cancellationToken))?.SerializedCustomStatus is null)
                {
                    await Task.Delay(20, cancellationToken);
                }
            }

            await using var again = Open(scratch.Path);
            await again.StartAsync(cancellationToken);
            await RunManyAsync(again, "Three", 20, 0);
            samples.Add(await TimeAsync(async () =>
            {
                await again.Client.RaiseEventAsync(id, "Go");
                await EndAsync(again, id);
            }));
            var record = again.Store.Load(id)!;
            lines = again.Store.LoadHistory(record.Key, record.Rows).Count;
        }

        Console.WriteLine($"  replay of {lines:N0} lines, from the file to the end: {samples.Median:N1} ms (median of {Rounds})");
    }

    private static async Task RecoveryAsync(int instances, CancellationToken cancellationToken)
    {
        using var scratch = new ScratchDirectory();
        var killed = Open(scratch.Path);
        await killed.StartAsync(cancellationToken);
        await Parallel.ForAsync(0, instances, new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (i, stop) =>
            await killed.Client.ScheduleNewOrchestrationInstanceAsync("Held", null, new StartOrchestrationOptions($"held-{i}"), stop));
        while (killed.Store.Read(session => (long)session.Scalar("SELECT COUNT(*) FROM instances WHERE turn = 2")!) < instances)
        {
            await Task.Delay(50, cancellationToken);
        }

        await killed.AbandonAsync();
        var clock = Stopwatch.StartNew();
        await using var engine = Open(scratch.Path);
        await engine.StartAsync(cancellationToken);
        await RunAsync(engine, "Three", 0);
        var first = clock.Elapsed;
        await Parallel.ForAsync(0, instances, new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (i, stop) => await engine.Client.RaiseEventAsync($"held-{i}", "Go", stop));
        while (engine.Store.Read(session => (long)session.Scalar("SELECT COUNT(*) FROM instances WHERE id LIKE 'held-%' AND completed IS NULL")!) > 0)
        {
            await Task.Delay(20, cancellationToken);
        }

        Console.WriteLine($"  after a kill with {instances:N0} running instances: new work done after {first.TotalMilliseconds:N0} ms, all of them gone on and ended after {clock.Elapsed.TotalSeconds:0.0} s");
    }

    private static DurableEngine Open(string folder, bool sessions = false) => new(
        new DurableEngineOptions { Path = Path.Combine(folder, "durable.db"), ExtendedSessions = sessions, Lease = TimeSpan.FromSeconds(2) }, new DurableBenchFunctions());

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed.TotalMilliseconds;
    }

    private static async Task RunAsync(DurableEngine engine, string name, int input) =>
        await EndAsync(engine, await engine.Client.ScheduleNewOrchestrationInstanceAsync(name, input));

    private static async Task EndAsync(DurableEngine engine, string id)
    {
        var end = await engine.Client.WaitForInstanceCompletionAsync(id, true);
        if (end.RuntimeStatus != OrchestrationRuntimeStatus.Completed)
        {
            throw new InvalidOperationException(end.ToString());
        }
    }

    private static Task RunManyAsync(DurableEngine engine, string name, int count, int input) => Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (_, _) => await RunAsync(engine, name, input));
}
