using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

public sealed class ClientTests
{
    [Fact]
    public async Task Schedule_IdOfRunningInstance_IsRefused()
    {
        await using var host = await WaitersAsync();
        await host.ScheduleAsync("Wait", null, new StartOrchestrationOptions("one"));

        var refusal = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => host.ScheduleAsync("Wait", null, new StartOrchestrationOptions("one")));

        Assert.Equal("An Orchestration instance with the ID one already exists.", refusal.Message);
    }

    [Fact]
    public async Task Schedule_IdOfEndedInstance_ReplacesIt()
    {
        await using var host = await WaitersAsync();
        await host.ScheduleAsync("Quick", 1, new StartOrchestrationOptions("one"));
        Assert.Equal(1, (await host.EndAsync("one")).ReadOutputAs<int>());
        await host.ScheduleAsync("Quick", 2, new StartOrchestrationOptions("one"));

        Assert.Equal(2, (await host.EndAsync("one")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Schedule_DedupeStatuses_DecideAboutReplacement()
    {
        await using var host = await WaitersAsync();
        await host.ScheduleAsync("Quick", 1, new StartOrchestrationOptions("one"));
        await host.EndAsync("one");
        var all = new StartOrchestrationOptions("one").WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => host.ScheduleAsync("Quick", 2, all));

        await host.ScheduleAsync("Wait", null, new StartOrchestrationOptions("two"));
        await host.ScheduleAsync("Quick", 3, new StartOrchestrationOptions("two").WithDedupeStatuses());

        Assert.Equal(3, (await host.EndAsync("two")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Schedule_ManyAtOnceWithOneId_StartsOne()
    {
        await using var host = await WaitersAsync();
        var starts = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                await host.ScheduleAsync("Wait", null, new StartOrchestrationOptions("one"));
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }));

        Assert.Single(starts, started => started);
    }

    [Fact]
    public async Task Schedule_UnknownOrchestrator_IsRefused()
    {
        await using var host = await WaitersAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => host.ScheduleAsync("Nobody"));
    }

    [Fact]
    public async Task RaiseEvent_UnknownOrEndedInstance_Throws()
    {
        await using var host = await WaitersAsync();
        var ended = await host.ScheduleAsync("Quick", 1);
        await host.EndAsync(ended);

        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.RaiseEventAsync("nobody", "x", 1, DurableHost.Cancellation));
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.RaiseEventAsync(ended, "x", 1, DurableHost.Cancellation));
    }

    [Fact]
    public async Task GetInstance_Unknown_IsNull()
    {
        await using var host = await WaitersAsync();

        Assert.Null(await host.Client.GetInstanceAsync("nobody", DurableHost.Cancellation));
    }

    [Fact]
    public async Task GetInstance_WithoutPayloads_HidesThem()
    {
        await using var host = await WaitersAsync();
        var id = await host.ScheduleAsync("Quick", 1);
        await host.EndAsync(id);

        var plain = (await host.Client.GetInstanceAsync(id, DurableHost.Cancellation))!;

        Assert.Null(plain.SerializedOutput);
        Assert.Throws<InvalidOperationException>(() => plain.ReadOutputAs<int>());
    }

    [Fact]
    public async Task Terminate_Running_EndsWithOutput()
    {
        await using var host = await WaitersAsync();
        var id = await host.ScheduleAsync("Wait");
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await host.Client.TerminateInstanceAsync(id, "enough", DurableHost.Cancellation);

        var end = await host.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, end.RuntimeStatus);
        Assert.Equal("enough", end.ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Terminate_Parent_ReachesChildrenOnlyWhenRecursive(bool recursive)
    {
        await using var host = await WaitersAsync();
        var id = await host.ScheduleAsync("Parent");
        await host.UntilStatusAsync("child", OrchestrationRuntimeStatus.Running);
        await host.Client.TerminateInstanceAsync(id, new TerminateInstanceOptions("enough", recursive), DurableHost.Cancellation);
        await host.EndAsync(id);
        if (!recursive)
        {
            await host.Client.RaiseEventAsync("child", "go", "on", DurableHost.Cancellation);
        }

        Assert.Equal(
            recursive ? OrchestrationRuntimeStatus.Terminated : OrchestrationRuntimeStatus.Completed, (await host.EndAsync("child")).RuntimeStatus);
    }

    [Fact]
    public async Task Terminate_BeforeADelayedStart_NeverRunsIt()
    {
        var runs = 0;
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Later", _ => Task.FromResult(++runs)));
        var id = await host.ScheduleAsync("Later", null, new StartOrchestrationOptions { StartAt = DateTimeOffset.UtcNow.AddDays(1) });
        await host.Client.TerminateInstanceAsync(id, DurableHost.Cancellation);

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await host.EndAsync(id)).RuntimeStatus);
        Assert.Equal(0, runs);
    }

    [Fact]
    public async Task Suspend_Running_HoldsEventsUntilResume()
    {
        await using var host = await WaitersAsync();
        var id = await host.ScheduleAsync("Wait");
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await host.Client.SuspendInstanceAsync(id, "pause", DurableHost.Cancellation);
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Suspended);
        await host.Client.RaiseEventAsync(id, "go", "late", DurableHost.Cancellation);
        await DurableHost.UntilAsync(() => Task.FromResult(!host.Engine.Store.Load(id)!.Pending));
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, host.Engine.Store.Load(id)!.Status);
        await host.RestartAsync();
        await host.Client.ResumeInstanceAsync(id, null, DurableHost.Cancellation);

        Assert.Equal("late", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Query_Filters_AndPages()
    {
        await using var host = await WaitersAsync();
        foreach (var i in Enumerable.Range(0, 7))
        {
            await host.ScheduleAsync("Quick", i, new StartOrchestrationOptions($"done-{i}") { Tags = new Dictionary<string, string> { ["n"] = $"{i}" } });
            await host.EndAsync($"done-{i}");
        }

        await host.ScheduleAsync("Wait", null, new StartOrchestrationOptions("waiting"));
        await host.UntilStatusAsync("waiting", OrchestrationRuntimeStatus.Running);

        var pages = await host.Client.GetAllInstancesAsync(new OrchestrationQuery(InstanceIdPrefix: "done-", PageSize: 3, FetchInputsAndOutputs: true))
            .AsPages().ToListAsync(DurableHost.Cancellation);
        var running = await host.Client.GetAllInstancesAsync(new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Running]))
            .ToListAsync(DurableHost.Cancellation);

        Assert.Equal([3, 3, 1], pages.Select(page => page.Values.Count));
        Assert.Equal(Enumerable.Range(0, 7), pages.SelectMany(page => page.Values).Select(instance => instance.ReadOutputAs<int>()));
        Assert.Equal("6", pages[^1].Values[0].Tags["n"]);
        Assert.Equal(["waiting"], running.Select(instance => instance.InstanceId));
    }

    [Fact]
    public async Task Purge_Ended_RemovesAllTraces()
    {
        await using var host = await WaitersAsync();
        var id = await host.ScheduleAsync("Parent");
        await host.UntilStatusAsync("child", OrchestrationRuntimeStatus.Running);
        Assert.Equal(0, (await host.Client.PurgeInstanceAsync(id, DurableHost.Cancellation)).PurgedInstanceCount);
        await host.Client.RaiseEventAsync("child", "go", "on", DurableHost.Cancellation);
        await host.EndAsync(id);

        Assert.Equal(2, (await host.Client.PurgeInstanceAsync(id, new PurgeInstanceOptions(Recursive: true), DurableHost.Cancellation)).PurgedInstanceCount);
        foreach (var table in new[] { "instances", "history", "inbox", "activities", "timers" })
        {
            Assert.Equal(0L, host.Engine.Store.Read(session => session.Scalar($"SELECT COUNT(*) FROM {table}")));
        }
    }

    [Fact]
    public async Task PurgeAll_ByStatus_LeavesTheOthers()
    {
        await using var host = await WaitersAsync();
        await Task.WhenAll(Enumerable.Range(0, 120).Select(i => host.RunAsync("Quick", i)));
        await host.RunAsync("Doomed");
        await host.ScheduleAsync("Wait");

        var result = await host.Client.PurgeAllInstancesAsync(
            new PurgeInstancesFilter(Statuses: [OrchestrationRuntimeStatus.Completed]), DurableHost.Cancellation);

        Assert.Equal(120, result.PurgedInstanceCount);
        Assert.True(result.IsComplete);
        Assert.Equal(2, (await host.Client.GetAllInstancesAsync().ToListAsync(DurableHost.Cancellation)).Count);
    }

    [Fact]
    public async Task Restart_Ended_RunsAgainWithItsInput()
    {
        await using var host = await WaitersAsync();
        var id = await host.ScheduleAsync("Quick", 5);
        await host.EndAsync(id);

        Assert.Equal(5, (await host.EndAsync(await host.Client.RestartAsync(id, true, DurableHost.Cancellation))).ReadOutputAs<int>());
        Assert.Equal(id, await host.Client.RestartAsync(id, false, DurableHost.Cancellation));
        Assert.Equal(5, (await host.EndAsync(id)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Restart_Unfit_IsRefusedAndANewIdRunsBeside()
    {
        await using var host = await WaitersAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.RestartAsync("nobody", true, DurableHost.Cancellation));
        var options = new StartOrchestrationOptions("one") { Version = "3", Tags = new Dictionary<string, string> { ["team"] = "night" } };
        await host.ScheduleAsync("Wait", null, options);
        await host.UntilStatusAsync("one", OrchestrationRuntimeStatus.Running);

        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.RestartAsync("one", false, DurableHost.Cancellation));
        var id = await host.Client.RestartAsync("one", true, DurableHost.Cancellation);
        await host.Client.RaiseEventAsync(id, "go", "on", DurableHost.Cancellation);

        Assert.NotEqual("one", id);
        var end = await host.EndAsync(id);
        Assert.Equal("on", end.ReadOutputAs<string>());
        Assert.Equal("night", end.Tags["team"]);
        Assert.Equal("3", host.Engine.Store.Load(id)!.Version);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.Client.GetInstanceAsync("one", DurableHost.Cancellation))!.RuntimeStatus);
    }

    [Fact]
    public async Task Version_GivenAtStart_IsSeenByCode()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Versioned", context =>
            Task.FromResult($"{context.Version} {context.CompareVersionTo("1.9")}")));
        var id = await host.ScheduleAsync("Versioned", null, new StartOrchestrationOptions { Version = "1.10" });

        Assert.Equal("1.10 1", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Payload_TooLarge_IsRefusedClearly()
    {
        await using var host = await DurableHost.StartAsync(
            functions => functions
                .Activity<int, string>("Big", length => new string('x', length))
                .Orchestrator("Bigger", context => context.CallActivityAsync<string>("Big", context.GetInput<int>())),
            options => options.MaxPayloadBytes = 10_000);

        Assert.Equal(9_000, (await host.ResultAsync<string>("Bigger", 9_000))!.Length);
        var end = await host.RunAsync("Bigger", 11_000);
        Assert.Contains("The result of activity 'Big' has 11002 bytes", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => host.ScheduleAsync("Bigger", new string('y', 10_000)));
    }

    [Fact]
    public async Task History_TooLong_FailsClearly()
    {
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Endless", async context =>
            {
                while (true)
                {
                    await context.CallActivityAsync<int>("Add", 1);
                }
            }),
            options => options.MaxHistoryEvents = 50);

        Assert.Contains("ContinueAsNew", (await host.RunAsync("Endless")).FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    private static Task<DurableHost> WaitersAsync() => DurableHost.StartAsync(functions => functions
        .Orchestrator("Quick", context => Task.FromResult(context.GetInput<int>()))
        .Orchestrator("Doomed", context => context.CallActivityAsync("Fail", "x"))
        .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
        .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<string>("Wait", null, new SubOrchestrationOptions(instanceId: "child"))));
}
