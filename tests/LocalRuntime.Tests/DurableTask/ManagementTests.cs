using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>What a client does to instances in states that are not the plain ones.</summary>
public sealed class ManagementTests
{
    [Fact]
    public async Task Terminate_RecursiveOverThreeLevels_ReachesASuspendedGrandchild()
    {
        await using var host = await FamilyAsync();
        var id = await host.ScheduleAsync("Family", 3, new StartOrchestrationOptions("level-3"));
        await host.UntilStatusAsync("level-1", OrchestrationRuntimeStatus.Running);
        await host.Client.SuspendInstanceAsync("level-1", null, DurableHost.Cancellation);
        await host.UntilStatusAsync("level-1", OrchestrationRuntimeStatus.Suspended);

        await host.Client.TerminateInstanceAsync(id, new TerminateInstanceOptions(new Reason("night", 3), Recursive: true), DurableHost.Cancellation);

        foreach (var level in (int[])[3, 2, 1])
        {
            var end = await host.EndAsync($"level-{level}");
            Assert.Equal(OrchestrationRuntimeStatus.Terminated, end.RuntimeStatus);
            Assert.Equal(new Reason("night", 3), end.ReadOutputAs<Reason>());
        }

        Assert.Equal(0L, host.Engine.Store.Read(session => session.Scalar("SELECT (SELECT COUNT(*) FROM timers) + (SELECT COUNT(*) FROM activities) + (SELECT COUNT(*) FROM inbox)")));
    }

    [Fact]
    public async Task Purge_FilteredByTimeAndStatus_TakesOnlyThose()
    {
        var time = new ManualTime();
        await using var host = await FamilyAsync(options => options.Time = time);
        foreach (var (id, name) in ((string, string)[])[("old", "Quick"), ("bad", "Doomed"), ("new", "Quick")])
        {
            await host.ScheduleAsync(name, 1, new StartOrchestrationOptions(id));
            await host.EndAsync(id);
            time.Advance(TimeSpan.FromHours(1));
        }

        var start = time.GetUtcNow().AddHours(-3);
        var late = await host.Client.PurgeInstancesAsync(start.AddMinutes(90), null, [OrchestrationRuntimeStatus.Failed], DurableHost.Cancellation);
        var failed = await host.Client.PurgeInstancesAsync(start.AddMinutes(30), start.AddMinutes(90), [OrchestrationRuntimeStatus.Failed], DurableHost.Cancellation);
        var any = await host.Client.PurgeInstancesAsync(null, start.AddMinutes(90), [], DurableHost.Cancellation);

        Assert.Equal([0, 1, 1], new[] { late, failed, any }.Select(result => result.PurgedInstanceCount));
        Assert.Equal(["new"], (await host.Client.GetAllInstancesAsync().ToListAsync(DurableHost.Cancellation)).Select(instance => instance.InstanceId));
    }

    [Fact]
    public async Task SubOrchestration_RetriedUnderItsOwnId_RunsAgainInItsPlace()
    {
        var runs = 0;
        await using var host = await DurableHost.StartAsync(functions => functions
            .Orchestrator("Child", _ => ++runs < 3 ? throw new InvalidDataException($"run {runs}") : Task.FromResult(runs))
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<int>("Child", null, new SubOrchestrationOptions(
                new RetryPolicy(5, TimeSpan.FromMilliseconds(1)), "only-child"))));

        Assert.Equal(3, await host.ResultAsync<int>("Parent"));
        Assert.Equal(2, (await host.Client.GetAllInstancesAsync().ToListAsync(DurableHost.Cancellation)).Count);
    }

    [Fact]
    public async Task RetryHandler_Throws_FailsWithItsOwnError()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Angry", context =>
            context.CallActivityAsync("Fail", "x", TaskOptions.FromRetryHandler(bool (_) => throw new NotSupportedException("no more")))));

        Assert.True((await host.RunAsync("Angry")).FailureDetails!.IsCausedBy<NotSupportedException>());
    }

    [Fact]
    public async Task WaitForEvent_NewestWaiterCancelled_TheOlderGetsTheEvent()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Two", async context =>
        {
            using var stop = new CancellationTokenSource();
            var older = context.WaitForExternalEvent<int>("n");
            var newer = context.WaitForExternalEvent<int>("N", stop.Token);
            await context.CallActivityAsync<int>("Add", 1);
            stop.Cancel();
            context.SetCustomStatus("one waits");
            return $"{await older} {newer.IsCanceled}";
        }));
        var id = await host.ScheduleAsync("Two");
        await host.UntilStatusAsync(id, "one waits");
        await host.Client.RaiseEventAsync(id, "n", 7, DurableHost.Cancellation);

        Assert.Equal("7 True", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Timer_OfManyDays_FiresThenAndNotBefore()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Sleep", async context =>
            {
                context.SetCustomStatus("asleep");
                await context.CreateTimer(TimeSpan.FromDays(40), CancellationToken.None);
                return context.CurrentUtcDateTime;
            }),
            options => options.Time = time);
        var began = time.GetUtcNow().UtcDateTime;
        var id = await host.ScheduleAsync("Sleep");
        await host.UntilStatusAsync(id, "asleep");
        time.Advance(TimeSpan.FromDays(39));
        time.Advance(TimeSpan.FromHours(25));

        Assert.InRange((await host.EndAsync(id)).ReadOutputAs<DateTime>(), began.AddDays(40), began.AddDays(41));
    }

    [Fact]
    public async Task Replace_RunningInstance_ItsLateAnswersAndEventsAreNotTheNewOnes()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await DurableHost.StartAsync(functions => functions
            .Activity<int, int>("Slow", async (_, value, cancellation) =>
            {
                await (value == 1 ? release.Task.WaitAsync(cancellation) : Task.CompletedTask);
                return value;
            })
            .Orchestrator("Work", async context => await context.CallActivityAsync<int>("Slow", context.GetInput<int>()) + await context.WaitForExternalEvent<int>("more")));
        await host.ScheduleAsync("Work", 1, new StartOrchestrationOptions("one"));
        await host.UntilStatusAsync("one", OrchestrationRuntimeStatus.Running);
        await host.Client.RaiseEventAsync("one", "more", 1000, DurableHost.Cancellation);
        await host.ScheduleAsync("Work", 2, new StartOrchestrationOptions("one").WithDedupeStatuses());
        release.SetResult();
        await host.Client.RaiseEventAsync("one", "more", 10, DurableHost.Cancellation);

        Assert.Equal(12, (await host.EndAsync("one")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Wait_ForAnInstanceThatNeverComes_EndsWithItsTokenAndLeavesNothing()
    {
        var signals = new ChangeSignals();
        using (var first = signals.Begin("nobody"))
        {
            using (signals.Begin("nobody"))
            {
                Assert.Equal(1, signals.Count);
            }

            signals.Changed("nobody");
            await first.Change.WaitAsync(TimeSpan.FromSeconds(10), DurableHost.Cancellation);
            using var next = signals.Begin("nobody");
            Assert.False(next.Change.IsCompleted);
        }

        Assert.Equal(0, signals.Count);
        await using var host = await FamilyAsync();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Client.WaitForInstanceCompletionAsync("nobody", stop.Token));
    }

    private static Task<DurableHost> FamilyAsync(Action<DurableEngineOptions>? options = null) => DurableHost.StartAsync(
        functions => functions
            .Orchestrator("Quick", context => Task.FromResult(context.GetInput<int>()))
            .Orchestrator("Doomed", context => context.CallActivityAsync("Fail", "x"))
            .Orchestrator("Family", context => context.GetInput<int>() is var level && level == 1
                ? context.WaitForExternalEvent<string>("never", TimeSpan.FromDays(1))
                : context.CallSubOrchestratorAsync<string>("Family", level - 1, new SubOrchestrationOptions(instanceId: $"level-{level - 1}"))),
        options);

    private sealed record Reason(string Why, int Level);
}
