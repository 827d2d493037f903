using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.LocalRuntime.Tests.DurableTask;
using Nightwatch.LocalRuntime.Tests.Simulation;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.Faults;

/// <summary>Engines on a file that goes wrong, with orchestrations whose results are known.</summary>
/// <param name="functions">What the engines run; it counts how often activities have failed, across engines and files, since history does too.</param>
internal sealed class FaultyStore(RecipeFunctions functions) : IDisposable
{
    /// <summary>A bit of everything that an engine stores.</summary>
    public static readonly Recipe Recipe = new(
    [
        [
            new Call(0, 5),
            new Simulation.Parallel(1, [new Call(2, 7), new Flaky(3, 2, true), new Sleep(4, 20), new Sub(5, new Recipe([[new Call(6, 9), new Sleep(7, 10)]]), true)]),
            new Tally(8, 11, true),
        ],
        [new Race(9, 13), new Fail(10, 2), new Tally(11, 17, false)],
    ]);

    private readonly ScratchDirectory scratch = new();

    public string File => scratch.File("durable.db");

    public string Log => File + "-wal";

    public DurableEngine Open(Action<CommitPoint>? faults = null, TimeSpan? lease = null) => new(
        new DurableEngineOptions
        {
            Path = File,
            PollInterval = TimeSpan.FromMilliseconds(20),
            Lease = lease ?? TimeSpan.FromSeconds(10),
            MaxTakeovers = 1_000,
            Faults = faults,
        },
        functions.Functions);

    public static async Task<DurableEngine> StartAsync(DurableEngine engine)
    {
        await engine.StartAsync(DurableHost.Cancellation);
        return engine;
    }

    /// <summary>Starts an instance, or finds that an earlier try did.</summary>
    public static async Task ScheduleAsync(DurableEngine engine, string id)
    {
        var options = new StartOrchestrationOptions(id).WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
        try
        {
            await engine.Client.ScheduleNewOrchestrationInstanceAsync(
                RecipeFunctions.Orchestrator, new RecipeFunctions.Job(Recipe, 0, 0, null, null), options, DurableHost.Cancellation);
        }
        catch (InvalidOperationException refusal) when (refusal.Message.EndsWith("already exists.", StringComparison.Ordinal))
        {
            // It is there.
        }
    }

    /// <summary>Waits for an instance's end and compares its result with the recipe's.</summary>
    public static async Task AssertEndsAsync(DurableEngine engine, string id)
    {
        OrchestrationMetadata end;
        try
        {
            end = await engine.Client.WaitForInstanceCompletionAsync(id, true, DurableHost.Cancellation).WaitAsync(DurableHost.Limit, DurableHost.Cancellation);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{id} did not end: {StoredOutcome.Waiting(engine.Store)}");
            throw;
        }

        Assert.True(end.RuntimeStatus == OrchestrationRuntimeStatus.Completed, end + " " + end.FailureDetails);
        Assert.Equal(Recipe.Expected().ToString(CultureInfo.InvariantCulture), end.SerializedOutput);
    }

    /// <summary>What the recipes of so many instances add to the counter that they share, each exactly once.</summary>
    public static Task AssertSharedAsync(DurableEngine engine, int instances) => DurableHost.UntilAsync(async () =>
        await engine.Client.Entities.GetEntityAsync<long>(RecipeFunctions.Shared, true, DurableHost.Cancellation) is { } found && found.State == instances * Recipe.Tallied());

    public static void AssertSound(DurableEngine engine) => StoredOutcome.AssertSound(engine.Store, "After a fault");

    public void Dispose() => scratch.Dispose();
}
