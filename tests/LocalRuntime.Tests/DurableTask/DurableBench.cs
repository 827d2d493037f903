using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>Measurements of the engine. Each takes a folder for its file and returns figures by name.</summary>
internal static class DurableBench
{
    /// <summary>Orchestrations of three activities in sequence, started by several clients at once; per second, from first start to last end.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> ThreeActivitiesAsync(string folder, int count, bool sessions = false)
    {
        await using var engine = await StartAsync(folder, sessions);
        await RunManyAsync(engine, "Three", 50);
        var clock = Stopwatch.StartNew();
        await RunManyAsync(engine, "Three", count);
        return new Dictionary<string, double> { ["orchestrations/s"] = count / clock.Elapsed.TotalSeconds };
    }

    public static async Task<IReadOnlyDictionary<string, double>> FanOutAsync(string folder, int width, bool sessions = false)
    {
        await using var engine = await StartAsync(folder, sessions);
        await RunAsync(engine, "FanOut", 10);
        var clock = Stopwatch.StartNew();
        await RunAsync(engine, "FanOut", width);
        return new Dictionary<string, double> { ["seconds"] = clock.Elapsed.TotalSeconds };
    }

    /// <summary>Time to read and replay a stored history of about the given number of lines: one more event for an instance that is not in memory.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> ReplayAsync(string folder, int lines)
    {
        string id;
        await using (var engine = await StartAsync(folder, sessions: true))
        {
            id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Long", lines / 3);
            while ((await engine.Client.GetInstanceAsync(id, true))?.SerializedCustomStatus is null)
            {
                await Task.Delay(50);
            }
        }

        await using var again = await StartAsync(folder, sessions: false);
        await RunAsync(again, "Three", 1);
        var clock = Stopwatch.StartNew();
        await again.Client.RaiseEventAsync(id, "Go");
        await again.Client.WaitForInstanceCompletionAsync(id);
        var stored = again.Store.LoadHistory(again.Store.Load(id)!.Key, again.Store.Load(id)!.Rows).Count;
        return new Dictionary<string, double> { ["milliseconds"] = clock.Elapsed.TotalMilliseconds, ["lines"] = stored };
    }

    /// <summary>
    /// Time to replay a stored history with long results, which the code reads or does not, for an instance that is not in memory, and what it holds in
    /// memory from then on.
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, double>> ReplayLongResultsAsync(string folder, int results, int length, bool read)
    {
        string id;
        await using (var engine = await StartAsync(folder, sessions: true))
        {
            id = await engine.Client.ScheduleNewOrchestrationInstanceAsync(read ? "Reader" : "Passer", new[] { results, length });
            await UntilStatusAsync(engine, id, "\"ready\"");
        }

        await using var again = await StartAsync(folder, sessions: false);
        await RunAsync(again, "Three", 1);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        await again.Client.RaiseEventAsync(id, "Go");
        await UntilStatusAsync(again, id, "\"went\"");
        var elapsed = clock.Elapsed.TotalMilliseconds;
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        return new Dictionary<string, double> { ["milliseconds"] = elapsed, ["KiB held"] = Math.Max(1, held / 1024.0) };
    }

    private static async Task UntilStatusAsync(DurableEngine engine, string id, string status)
    {
        while ((await engine.Client.GetInstanceAsync(id, true))?.SerializedCustomStatus != status)
        {
            await Task.Delay(5);
        }
    }

    /// <summary>Orchestrations per second beside a number of timers that wait.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> PendingTimersAsync(string folder, int timers, int count)
    {
        await using var engine = await StartAsync(folder, sessions: false);
        await RunManyAsync(engine, "Three", 50);
        for (var left = timers; left > 0; left -= 1000)
        {
            await engine.Client.ScheduleNewOrchestrationInstanceAsync("Sleepers", Math.Min(1000, left));
        }

        while (engine.Store.Read(session => (long)session.Scalar("SELECT COUNT(*) FROM timers")!) < timers)
        {
            await Task.Delay(100);
        }

        var clock = Stopwatch.StartNew();
        await RunManyAsync(engine, "Three", count);
        return new Dictionary<string, double> { ["orchestrations/s"] = count / clock.Elapsed.TotalSeconds };
    }

    private static async Task<DurableEngine> StartAsync(string folder, bool sessions)
    {
        var functions = new TestFunctions()
            .Activity<int, int>("Add", value => value + 1)
            .Orchestrator("Three", async context =>
            {
                var value = await context.CallActivityAsync<int>("Add", context.GetInput<int>());
                value = await context.CallActivityAsync<int>("Add", value);
                return await context.CallActivityAsync<int>("Add", value);
            })
            .Orchestrator("FanOut", async context =>
                (await Task.WhenAll(Enumerable.Range(0, context.GetInput<int>()).Select(i => context.CallActivityAsync<int>("Add", i)))).Length)
            .Orchestrator("Long", async context =>
            {
                var value = 0;
                for (var i = context.GetInput<int>(); i > 0; i--)
                {
                    value = await context.CallActivityAsync<int>("Add", value);
                }

                context.SetCustomStatus("ready");
                await context.WaitForExternalEvent<object>("Go");
                return value;
            })
            .Activity<int, string>("Text", length => new string('x', length))
            .Orchestrator("Reader", context => LongResultsAsync(context, length => context.CallActivityAsync<string>("Text", length)))
            .Orchestrator("Passer", context => LongResultsAsync(context, length => context.CallActivityAsync("Text", length)))
            .Orchestrator("Sleepers", async context =>
                await Task.WhenAll(Enumerable.Range(0, context.GetInput<int>()).Select(_ => context.CreateTimer(TimeSpan.FromDays(1), default))));
        var options = new DurableEngineOptions { Path = Path.Combine(folder, "durable.db"), ExtendedSessions = sessions };
        var engine = new DurableEngine(options, functions);
        await engine.StartAsync(CancellationToken.None);
        return engine;
    }

    private static async Task LongResultsAsync(TaskOrchestrationContext context, Func<int, Task> call)
    {
        var (results, length) = context.GetInput<int[]>() is [var first, var second] ? (first, second) : (0, 0);
        for (var i = 0; i < results; i++)
        {
            await call(length);
        }

        context.SetCustomStatus("ready");
        await context.WaitForExternalEvent<object>("Go");
        context.SetCustomStatus("went");
        await context.WaitForExternalEvent<object>("Never");
    }

    private static async Task RunAsync(DurableEngine engine, string name, int input)
    {
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync(name, input);
        var end = await engine.Client.WaitForInstanceCompletionAsync(id, true);
        if (end.RuntimeStatus != OrchestrationRuntimeStatus.Completed)
        {
            throw new InvalidOperationException(end.ToString());
        }
    }

    private static Task RunManyAsync(DurableEngine engine, string name, int count) => Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 128 }, async (i, _) => await RunAsync(engine, name, i));
}
