using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

public sealed class EventAndTimerTests
{
    [Fact]
    public async Task Events_BeforeTheWait_AreKeptInOrderWithoutRegardToCase()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Late", async context =>
        {
            await context.WaitForExternalEvent<string>("start");
            return await context.WaitForExternalEvent<int>("Number") + "," + await context.WaitForExternalEvent<int>("nUMBER");
        }));
        var id = await host.ScheduleAsync("Late");
        await host.Client.RaiseEventAsync(id, "NUMBER", 1, DurableHost.Cancellation);
        await host.Client.RaiseEventAsync(id, "number", 2, DurableHost.Cancellation);
        await host.Client.RaiseEventAsync(id, "Start", null, DurableHost.Cancellation);

        Assert.Equal("1,2", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task WaitForEvent_Timeout_ThrowsTaskCanceledException()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Impatient", async context =>
            {
                context.SetCustomStatus("waiting");
                try
                {
                    return await context.WaitForExternalEvent<string>("never", TimeSpan.FromMinutes(5));
                }
                catch (TaskCanceledException)
                {
                    return "timed out";
                }
            }),
            options => options.Time = time);
        var id = await host.ScheduleAsync("Impatient");
        await host.UntilStatusAsync(id, "waiting");
        time.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal("timed out", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task WaitForEvent_InTime_CancelsItsTimer()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Patient", context =>
            context.WaitForExternalEvent<string>("answer", TimeSpan.FromDays(100))));
        var id = await host.ScheduleAsync("Patient");
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await host.Client.RaiseEventAsync(id, "answer", "42", DurableHost.Cancellation);

        Assert.Equal("42", (await host.EndAsync(id)).ReadOutputAs<string>());
        Assert.Equal(0L, host.Engine.Store.Read(session => session.Scalar("SELECT COUNT(*) FROM timers")));
    }

    [Fact]
    public async Task WaitForEvent_AfterATimedOutWait_GetsTheEvent()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Twice", async context =>
            {
                try
                {
                    context.SetCustomStatus("first");
                    await context.WaitForExternalEvent<string>("word", TimeSpan.FromMinutes(1));
                }
                catch (OperationCanceledException)
                {
                    context.SetCustomStatus("between");
                    await context.WaitForExternalEvent<string>("go");
                }

                return await context.WaitForExternalEvent<string>("word");
            }),
            options => options.Time = time);
        var id = await host.ScheduleAsync("Twice");
        await host.UntilStatusAsync(id, "first");
        time.Advance(TimeSpan.FromMinutes(2));
        await host.UntilStatusAsync(id, "between");
        await host.Client.RaiseEventAsync(id, "word", "kept", DurableHost.Cancellation);
        await host.Client.RaiseEventAsync(id, "go", null, DurableHost.Cancellation);

        Assert.Equal("kept", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Timer_Fires_AtOrAfterItsTime()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Sleep", async context =>
            {
                var due = context.CurrentUtcDateTime.AddHours(3);
                context.SetCustomStatus("asleep");
                await context.CreateTimer(due, CancellationToken.None);
                return context.CurrentUtcDateTime >= due;
            }),
            options => options.Time = time);
        var id = await host.ScheduleAsync("Sleep");
        await host.UntilStatusAsync(id, "asleep");
        time.Advance(TimeSpan.FromHours(1));
        Assert.False((await host.Client.GetInstanceAsync(id, DurableHost.Cancellation))!.IsCompleted);
        time.Advance(TimeSpan.FromHours(2));

        Assert.True((await host.EndAsync(id)).ReadOutputAs<bool>());
    }

    [Fact]
    public async Task WhenAny_TimerAgainstActivity_LoserIsCancelled()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Race", async context =>
        {
            using var stop = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromDays(1), stop.Token);
            var work = context.CallActivityAsync<int>("Add", 1);
            var winner = await Task.WhenAny(timer, work);
            stop.Cancel();
            return winner == work && timer.IsCanceled;
        }));

        Assert.True(await host.ResultAsync<bool>("Race"));
    }

    [Fact]
    public async Task Timers_AfterRestart_StillFire()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Sleep", async context =>
            {
                context.SetCustomStatus("asleep");
                await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
            }),
            options => options.Time = time);
        var id = await host.ScheduleAsync("Sleep");
        await host.UntilStatusAsync(id, "asleep");
        await host.RestartAsync(options => options.Time = time);
        time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.EndAsync(id)).RuntimeStatus);
    }

    [Fact]
    public async Task StartAt_InTheFuture_StartsThen()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Later", async context => $"{await context.WaitForExternalEvent<string>("early")} {context.CurrentUtcDateTime:HH}"),
            options => options.Time = time);
        var id = await host.ScheduleAsync("Later", null, new StartOrchestrationOptions { StartAt = time.GetUtcNow().AddHours(5) });
        await host.Client.RaiseEventAsync(id, "early", "bird", DurableHost.Cancellation);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.Client.GetInstanceAsync(id, DurableHost.Cancellation))!.RuntimeStatus);
        time.Advance(TimeSpan.FromHours(6));

        Assert.Equal("bird 06", (await host.EndAsync(id)).ReadOutputAs<string>());
    }
}
