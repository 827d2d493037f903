using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.DurableTask.Entities;

/// <summary>Several engines on one file, engines that die, and entities that cannot be played.</summary>
public sealed class EntitySharingTests
{
    private static readonly EntityInstanceId Counter = new("Counter", "shared");

    [Fact]
    public async Task TwoEngines_OnOneFile_CountTogether()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities());
        var other = await host.AddEngineAsync();

        await Task.WhenAll(Enumerable.Range(0, 100).SelectMany(i => new[]
        {
            host.Engine.SignalAsync(Counter, "add", 1),
            other.SignalAsync(Counter, "add", 1),
            host.ResultAsync<int>("Add", "shared"),
            RunOnAsync(other, "shared"),
        }));

        await host.Engine.UntilStateAsync(Counter, 400);

        static async Task RunOnAsync(DurableEngine engine, string key)
        {
            var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Add", key, DurableHost.Cancellation);
            var end = await engine.Client.WaitForInstanceCompletionAsync(id, true, DurableHost.Cancellation);
            Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
        }
    }

    [Fact]
    public async Task DeadEngine_WithAnOperationInHand_IsTakenOverAndTheOperationCountsOnce()
    {
        var runs = 0;
        var leases = new ManualTime();
        using var never = new SemaphoreSlim(0);
        var id = new EntityInstanceId("stuck", "1");
        await using var host = await DurableHost.StartAsync(
            functions => functions.Entity("Stuck", async operation =>
            {
                var state = operation.State.GetState<int>() + 1;
                operation.State.SetState(state);
                if (Interlocked.Increment(ref runs) == 1)
                {
                    await never.WaitAsync(DurableHost.Cancellation);
                }

                return state;
            }).Orchestrator("Call", context => context.Entities.CallEntityAsync<int>(id, "add")),
            options => options.LeaseTime = leases);
        var call = await host.ScheduleAsync("Call");
        await DurableHost.UntilAsync(() => Task.FromResult(Volatile.Read(ref runs) == 1));
        await host.Engine.AbandonAsync();
        leases.Advance(TimeSpan.FromMinutes(1));

        var heir = await host.AddEngineAsync(options => options.LeaseTime = leases);
        var end = await heir.Client.WaitForInstanceCompletionAsync(call, true, DurableHost.Cancellation).WaitAsync(DurableHost.Limit, DurableHost.Cancellation);

        Assert.Equal(1, end.ReadOutputAs<int>());
        Assert.Equal(2, runs);
        Assert.Equal(1, await heir.StateAsync<int>(id));
    }

    [Fact]
    public async Task Stop_WithAnOperationRunning_StoresItsOutcome()
    {
        var runs = 0;
        var started = new TaskCompletionSource();
        using var gate = new SemaphoreSlim(0);
        var id = new EntityInstanceId("slow", "1");
        await using var host = await DurableHost.StartAsync(functions => functions.Entity("Slow", async operation =>
        {
            Interlocked.Increment(ref runs);
            started.TrySetResult();
            await gate.WaitAsync(DurableHost.Cancellation);
            operation.State.SetState("done");
            return null;
        }));
        await host.Engine.SignalAsync(id, "work");
        await started.Task;
        var restart = host.RestartAsync();
        gate.Release();
        await restart;

        Assert.Equal("done", await host.Engine.StateAsync<string>(id));
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task EntityFunction_ThatFailsAsAWhole_FailsItsOperationsAndGoesOn()
    {
        var works = false;
        await using var host = await DurableHost.StartAsync(functions => functions
            .EntityFunction("Broken", async (batch, _) =>
            {
                await batch.RunAsync(new EntitySamples.Counter());
                if (!works)
                {
                    throw new InvalidDataException("the middleware broke");
                }
            })
            .EntityFunction("Lazy", (_, _) => Task.CompletedTask)
            .Orchestrator("Call", async context =>
                await context.Entities.CallEntityAsync<int>(new EntityInstanceId(context.GetInput<string>()!, "1"), "add", 1)));

        var broken = await host.RunAsync("Call", "broken");
        var lazy = await host.RunAsync("Call", "lazy");
        works = true;

        Assert.Contains("the middleware broke", broken.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("returned before its operations had run", lazy.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(1, await host.ResultAsync<int>("Call", "broken"));
    }

    [Fact]
    public async Task EntityThatKillsItsProcesses_IsSetAsideWithAReason_AndOthersGoOn()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities().Orchestrator("Lock", async context =>
        {
            await using var section = await context.Entities.LockEntitiesAsync(Counter);
        }));
        await host.Engine.SignalAsync(Counter, "add", 1);
        await host.Engine.UntilStateAsync(Counter, 1);
        await host.Engine.Store.WriteAsync(session => session.Execute("UPDATE instances SET tries = 1000 WHERE execution = 0"));

        var called = await host.RunAsync("Add", "shared");
        var again = await host.RunAsync("Add", "shared");
        var locked = await host.RunAsync("Lock");

        Assert.Equal(1, await host.ResultAsync<int>("Add", "other"));
        Assert.All([called, again, locked], end =>
        {
            Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
            Assert.Contains("1000 processes died with this entity in hand", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        });
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Engine.SignalAsync(Counter, "add", 1));
        Assert.Contains("1000 processes died", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await host.Client.PurgeInstanceAsync($"{Counter}", DurableHost.Cancellation)).PurgedInstanceCount);
        Assert.Equal(1, await host.ResultAsync<int>("Add", "shared"));
    }

    [Fact]
    public async Task FileOfTheOldSchema_IsTakenOver()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities()
            .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go")));
        var id = await host.ScheduleAsync("Wait");
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await host.Engine.Store.WriteAsync(session =>
        {
            foreach (var statement in new[]
            {
                "DROP TABLE entities", "DROP TABLE operations", "DROP INDEX instances_running",
                "CREATE INDEX instances_active ON instances(key) WHERE completed IS NULL", "PRAGMA user_version = 1",
            })
            {
                session.Execute(statement);
            }

            return true;
        });

        await host.Engine.AbandonAsync();
        await host.RestartAsync();
        await host.Client.RaiseEventAsync(id, "go", "on", DurableHost.Cancellation);

        Assert.Equal("on", (await host.EndAsync(id)).ReadOutputAs<string>());
        Assert.Equal(1, await host.ResultAsync<int>("Add", "x"));
        Assert.Equal((long)DurableSchema.Version, host.Engine.Store.Read(session => session.Scalar("PRAGMA user_version")));
    }
}
