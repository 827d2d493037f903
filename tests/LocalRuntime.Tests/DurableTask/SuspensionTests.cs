using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>What is held back while an instance is suspended, and what is not.</summary>
public sealed class SuspensionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TimerDueWhileSuspended_IsSeenAfterTheResume(bool restart)
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Sleep", async context =>
            {
                await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                return context.CurrentUtcDateTime;
            }),
            options => options.Time = time);
        var id = await host.ScheduleAsync("Sleep");
        await SuspendAsync(host, id);
        await host.PassTimerAsync(id, time);
        await DurableHost.UntilAsync(() => Task.FromResult(!host.Engine.Store.Load(id)!.Pending));
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, host.Engine.Store.Load(id)!.Status);
        if (restart)
        {
            await host.RestartAsync(options => options.Time = time);
        }

        time.Advance(TimeSpan.FromHours(2));
        var resumed = time.GetUtcNow().UtcDateTime;
        await host.Client.ResumeInstanceAsync(id, null, DurableHost.Cancellation);

        Assert.True((await host.EndAsync(id)).ReadOutputAs<DateTime>() >= resumed);
    }

    [Fact]
    public async Task ActivityEndsWhileSuspended_NothingMoreIsAskedForUntilTheResume()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var second = 0;
        await using var host = await DurableHost.StartAsync(functions => functions
            .Activity<int, int>("First", async (_, value, cancellation) =>
            {
                await release.Task.WaitAsync(cancellation);
                return value;
            })
            .Activity<int, int>("Second", value => value + Interlocked.Increment(ref second))
            .Orchestrator("Steps", async context => await context.CallActivityAsync<int>("Second", await context.CallActivityAsync<int>("First", 10))));
        var id = await host.ScheduleAsync("Steps");
        await SuspendAsync(host, id);
        release.SetResult();
        await DurableHost.UntilAsync(() => Task.FromResult(host.Engine.Store.Read(session => session.Scalar("SELECT COUNT(*) FROM activities")) is 0L));
        Assert.Equal(0, Volatile.Read(ref second));
        await host.Client.ResumeInstanceAsync(id, "go on", DurableHost.Cancellation);

        Assert.Equal(11, (await host.EndAsync(id)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task TerminateWhileSuspended_EndsWithTheOutput()
    {
        await using var host = await WaitersAsync();
        var id = await host.ScheduleAsync("Wait");
        await SuspendAsync(host, id);
        await host.Client.RaiseEventAsync(id, "go", "held", DurableHost.Cancellation);
        await host.Client.TerminateInstanceAsync(id, "enough", DurableHost.Cancellation);

        var end = await host.EndAsync(id);
        Assert.Equal((OrchestrationRuntimeStatus.Terminated, "enough"), (end.RuntimeStatus, end.ReadOutputAs<string>()));
    }

    [Fact]
    public async Task SuspendedTwice_OneResumeIsEnough_AndAResumeOfARunningOneChangesNothing()
    {
        await using var host = await WaitersAsync();
        var id = await host.ScheduleAsync("Wait");
        await SuspendAsync(host, id);
        await host.Client.SuspendInstanceAsync(id, "again", DurableHost.Cancellation);
        await host.Client.ResumeInstanceAsync(id, null, DurableHost.Cancellation);
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await host.Client.ResumeInstanceAsync(id, null, DurableHost.Cancellation);
        await host.Client.RaiseEventAsync(id, "go", "on", DurableHost.Cancellation);

        Assert.Equal("on", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task ChildSuspended_ParentWaitsForIt()
    {
        await using var host = await WaitersAsync();
        var id = await host.ScheduleAsync("Parent");
        await host.UntilStatusAsync("child", OrchestrationRuntimeStatus.Running);
        await SuspendAsync(host, "child");
        await host.Client.RaiseEventAsync("child", "go", "late", DurableHost.Cancellation);
        await DurableHost.UntilAsync(() => Task.FromResult(!host.Engine.Store.Load("child")!.Pending));
        Assert.Equal(OrchestrationRuntimeStatus.Running, host.Engine.Store.Load(id)!.Status);
        await host.Client.ResumeInstanceAsync("child", null, DurableHost.Cancellation);

        Assert.Equal("late", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task SuspendedBeforeItsStart_StaysSoFromThenOn()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Later", async context => await context.WaitForExternalEvent<string>("go")),
            options => options.Time = time);
        var id = await host.ScheduleAsync("Later", null, new StartOrchestrationOptions("later", time.GetUtcNow().AddHours(1)));
        await host.Client.SuspendInstanceAsync(id, null, DurableHost.Cancellation);
        await host.Client.RaiseEventAsync(id, "go", "held", DurableHost.Cancellation);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, host.Engine.Store.Load(id)!.Status);
        time.Advance(TimeSpan.FromHours(2));
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Suspended);
        await host.Client.ResumeInstanceAsync(id, null, DurableHost.Cancellation);

        Assert.Equal("held", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task SuspendAndResume_OfWhatIsNotThereOrHasEnded_AreRefused()
    {
        await using var host = await WaitersAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.SuspendInstanceAsync("nobody", null, DurableHost.Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.ResumeInstanceAsync("nobody", null, DurableHost.Cancellation));
        var id = await host.ScheduleAsync("Wait");
        await host.Client.TerminateInstanceAsync(id, DurableHost.Cancellation);
        await host.EndAsync(id);

        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.SuspendInstanceAsync(id, null, DurableHost.Cancellation));
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.TerminateInstanceAsync(id, DurableHost.Cancellation));
    }

    private static Task<DurableHost> WaitersAsync() => DurableHost.StartAsync(functions => functions
        .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
        .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<string>("Wait", null, new SubOrchestrationOptions(instanceId: "child"))));

    private static async Task SuspendAsync(DurableHost host, string id)
    {
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await host.Client.SuspendInstanceAsync(id, "pause", DurableHost.Cancellation);
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Suspended);
    }
}
