using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

public sealed class SharingTests
{
    [Fact]
    public async Task Connections_OfTheEngine_CommitDurably()
    {
        await using var host = await DurableHost.StartAsync();

        foreach (var pragma in new[] { ("synchronous", "2"), ("journal_mode", "wal") })
        {
            var written = await host.Engine.Store.WriteAsync(session => session.Scalar($"PRAGMA {pragma.Item1}"));
            var read = host.Engine.Store.Read(session => session.Scalar($"PRAGMA {pragma.Item1}"));
            Assert.Equal(pragma.Item2, written!.ToString());
            Assert.Equal(pragma.Item2, read!.ToString());
        }
    }

    [Fact]
    public async Task TwoEngines_OnOneFile_ShareAFanOut()
    {
        var runs = 0;
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var host = await DurableHost.StartAsync(functions => OnBoth(functions, first));
        await host.AddEngineAsync(functions: OnBoth(new TestFunctions(), second));

        Assert.Equal(600, await host.ResultAsync<int>("Fan", 600));

        Assert.Equal(600, runs);

        // No activity ends before each engine has begun one, so an engine that keeps all to itself never gets done.
        TestFunctions OnBoth(TestFunctions functions, TaskCompletionSource mine) => functions
            .Activity<int, int>("Shared", async (_, _, cancellation) =>
            {
                Interlocked.Increment(ref runs);
                mine.TrySetResult();
                await Task.WhenAll(first.Task, second.Task).WaitAsync(cancellation);
                return 1;
            })
            .Orchestrator("Fan", async context =>
                (await Task.WhenAll(Enumerable.Range(0, context.GetInput<int>()).Select(i => context.CallActivityAsync<int>("Shared", i)))).Sum());
    }

    [Fact]
    public async Task TwoEngines_EventsAndWaitsAcross_Work()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Wait", async context =>
            await context.WaitForExternalEvent<string>("a") + await context.WaitForExternalEvent<string>("b")));
        var other = await host.AddEngineAsync();
        var ids = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => host.ScheduleAsync("Wait")));

        await Task.WhenAll(ids.Select(async id =>
        {
            await other.Client.RaiseEventAsync(id, "a", "1", DurableHost.Cancellation);
            await host.Client.RaiseEventAsync(id, "b", "2", DurableHost.Cancellation);
            var end = await other.Client.WaitForInstanceCompletionAsync(id, true, DurableHost.Cancellation);
            Assert.Equal("12", end.ReadOutputAs<string>());
        }));
    }

    [Fact]
    public async Task DeadEngine_WithAnActivityInHand_IsTakenOver()
    {
        var runs = 0;
        var leases = new ManualTime();
        using var never = new SemaphoreSlim(0);
        await using var host = await DurableHost.StartAsync(
            functions => functions
                .Activity<int, int>("Work", async (_, input, cancellation) =>
                {
                    if (Interlocked.Increment(ref runs) == 1)
                    {
                        await never.WaitAsync(cancellation);
                    }

                    return input + 1;
                })
                .Orchestrator("Run", context => context.CallActivityAsync<int>("Work", 1)),
            options => options.LeaseTime = leases);
        var id = await host.ScheduleAsync("Run");
        await DurableHost.UntilAsync(() => Task.FromResult(Volatile.Read(ref runs) == 1));
        await host.Engine.AbandonAsync();
        leases.Advance(TimeSpan.FromMinutes(1));

        var heir = await host.AddEngineAsync(options => options.LeaseTime = leases);
        var end = await heir.Client.WaitForInstanceCompletionAsync(id, true, DurableHost.Cancellation);

        Assert.Equal(2, end.ReadOutputAs<int>());
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task LostLease_LateAnswer_IsNotStored()
    {
        using var gate = new SemaphoreSlim(0);
        var started = new TaskCompletionSource();
        var runs = 0;
        // The first engine enters itself again once it sees that it was declared dead, so either of the two may take the activity up the second time.
        await using var host = await DurableHost.StartAsync(functions => functions
            .Activity<int, string>("Who", async (_, _, cancellation) =>
            {
                if (Interlocked.Increment(ref runs) > 1)
                {
                    return "the heir";
                }

                started.TrySetResult();
                await gate.WaitAsync(cancellation);
                return "the one that lost its lease";
            })
            .Orchestrator("Run", async context => $"{await context.CallActivityAsync<string>("Who", 1)} {await context.CallActivityAsync<int>("Add", 1)}"));
        var id = await host.ScheduleAsync("Run");
        await started.Task;
        var heir = await host.AddEngineAsync();
        // Everybody else is declared dead, though the first engine lives.
        var me = await heir.Store.WriteAsync(session => (long)session.Scalar("SELECT MAX(id) FROM workers")!);
        await heir.Store.WriteAsync(session => WorkClaims.TakeOver(session, long.MaxValue, me));
        await DurableHost.UntilAsync(() => Task.FromResult(heir.Store.Load(id)!.Turn >= 2));
        gate.Release();

        Assert.Equal("the heir 2", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task UnreadableHistory_Instance_IsSetAsideAndOthersGoOn()
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .Orchestrator("Quick", context => context.CallActivityAsync<int>("Add", 1)));
        var id = await host.ScheduleAsync("Wait");
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await host.Engine.Store.WriteAsync(session => session.Execute("UPDATE history SET lines = $1", "[{\"k\":"u8.ToArray()));
        await host.RestartAsync();
        await host.Client.RaiseEventAsync(id, "go", "on", DurableHost.Cancellation);

        Assert.Equal(2, await host.ResultAsync<int>("Quick"));
        var end = await host.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("not readable", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("could not play", host.Engine.Store.Load(id)!.Aside, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_WithActivityRunning_StoresItsAnswer()
    {
        var runs = 0;
        var started = new TaskCompletionSource();
        await using var host = await DurableHost.StartAsync(functions => functions
            .Activity<int, int>("Work", async (_, input, _) =>
            {
                Interlocked.Increment(ref runs);
                started.TrySetResult();
                await Task.Delay(200, CancellationToken.None);
                return input + 1;
            })
            .Orchestrator("Run", context => context.CallActivityAsync<int>("Work", 1)));
        var id = await host.ScheduleAsync("Run");
        await started.Task;
        await host.RestartAsync();

        Assert.Equal(2, (await host.EndAsync(id)).ReadOutputAs<int>());
        Assert.Equal(1, runs);
        Assert.Equal(1L, host.Engine.Store.Read(session => session.Scalar("SELECT COUNT(*) FROM workers")));
    }
}
