using System.Diagnostics;
using Microsoft.DurableTask.Entities;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.DurableTask.Entities;

/// <summary>Measurements of entities. Each takes a folder for its file and returns figures by name.</summary>
internal static class EntityBench
{
    /// <summary>Signals of 16 clients, one after the other each, to a number of entities; per second, from the first sent to the last applied.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> SignalsAsync(string folder, int entities, int count)
    {
        await using var engine = await StartAsync(folder);
        var next = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i <= count; i = Interlocked.Increment(ref next))
            {
                await engine.SignalAsync(new EntityInstanceId("Counter", $"{i % entities}"), "add", 1);
            }
        }));
        await DurableHost.UntilAsync(() => Task.FromResult(engine.Waiting() == 0));
        return new Dictionary<string, double> { ["signals/s"] = count / clock.Elapsed.TotalSeconds };
    }

    /// <summary>Orchestrations that call entities one after the other; calls per second.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> CallsAsync(string folder, int entities, int orchestrations)
    {
        await using var engine = await StartAsync(folder);
        var clock = Stopwatch.StartNew();
        await RunAsync(engine, "Calls", Enumerable.Range(0, orchestrations).Select(i => $"{i % entities}"));
        return new Dictionary<string, double> { ["calls/s"] = orchestrations * 5 / clock.Elapsed.TotalSeconds };
    }

    /// <summary>Transfers between accounts inside critical sections of two entities and three calls.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> TransfersAsync(string folder, int accounts, int count)
    {
        await using var engine = await StartAsync(folder);
        var random = new Random(1);
        var clock = Stopwatch.StartNew();
        await RunAsync(engine, "Transfer", Enumerable.Range(0, count).Select(_ =>
        {
            var from = random.Next(accounts);
            return new EntitySamples.Transfer(from, (from + random.Next(1, accounts)) % accounts, 0);
        }));
        return new Dictionary<string, double> { ["transfers/s"] = count / clock.Elapsed.TotalSeconds };
    }

    private static async Task RunAsync(DurableEngine engine, string name, IEnumerable<object> inputs) => await Task.WhenAll(inputs.Select(async input =>
    {
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync(name, input);
        await engine.Client.WaitForInstanceCompletionAsync(id);
    }));

    private static async Task<DurableEngine> StartAsync(string folder)
    {
        var functions = new TestFunctions().AddEntities().Orchestrator("Calls", async context =>
        {
            var id = new EntityInstanceId("Counter", context.GetInput<string>()!);
            for (var i = 0; i < 5; i++)
            {
                await context.Entities.CallEntityAsync<int>(id, "add", 1);
            }
        });
        var engine = new DurableEngine(new DurableEngineOptions { Path = Path.Combine(folder, "durable.db") }, functions);
        await engine.StartAsync(CancellationToken.None);
        return engine;
    }
}
