using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.LocalRuntime.Tests.DurableTask;
using Nightwatch.Sqlite;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.Upkeep;

/// <summary>The doctor tells a timer whose row is gone from one that was cancelled, and accuses no file of an earlier version.</summary>
public sealed class LostTimerTests : IDisposable
{
    private const int Many = 3_000;

    private readonly ScratchDirectory scratch = new();

    private string File => scratch.File("durable.db");

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("Alone")]
    [InlineData("Cancels")]
    [InlineData("CancelsMany")]
    public async Task Timer_WhoseRowIsGone_IsFoundAndSetAnew(string name)
    {
        await RunUntilItWaitsAsync(name);
        Assert.Empty(Examine());

        Change("DELETE FROM timers");

        Assert.Equal([$"Instance 'one' ({name}) waits for a timer, which is not in the file (repair: set anew for its time)"], Examine());
        using (var session = SqliteSession.Open(File))
        {
            StoreExamination.Repair(session, 0);
        }

        Assert.Empty(Examine());
        Change("UPDATE timers SET due = 1");
        Assert.Equal("\"slept\"", (await FinishAsync()).SerializedOutput);
    }

    [Fact]
    public async Task Timer_OfAnEarlierVersion_IsNotMissed()
    {
        await RunUntilItWaitsAsync("Cancels");

        // As such files are: no flag on timers, no word of those that were cancelled.
        Change("""UPDATE history SET lines = CAST(replace(replace(CAST(lines AS TEXT), ',"x":true', ''), ',"d":"1"', '') AS BLOB)""");
        Change("DELETE FROM timers");

        Assert.Empty(Examine());
    }

    [Fact]
    public async Task Timer_ThatWasCancelled_IsNotMissedByAReplayFromTheFile()
    {
        await RunUntilItWaitsAsync("CancelsMany");
        Change("UPDATE timers SET due = 1");

        // Another engine: it has nothing but the file.
        Assert.Equal("\"slept\"", (await FinishAsync()).SerializedOutput);
        Assert.Empty(Examine());
    }

    private static async Task<string> CancelAsync(TaskOrchestrationContext context, int count)
    {
        using var stop = new CancellationTokenSource();
        var timers = Enumerable.Range(0, count).Select(_ => context.CreateTimer(TimeSpan.FromDays(1), stop.Token)).ToList();
        await context.WaitForExternalEvent<string>("Go");
        stop.Cancel();
        foreach (var timer in timers)
        {
            try
            {
                await timer;
            }
            catch (OperationCanceledException)
            {
                // As it should be.
            }
        }

        context.SetCustomStatus("cancelled");
        await context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None);
        return "slept";
    }

    private DurableEngine Open() => new(
        new DurableEngineOptions { Path = File, PollInterval = TimeSpan.FromMilliseconds(30), DrainTimeout = TimeSpan.Zero },
        new TestFunctions()
            .Orchestrator("Alone", context => CancelAsync(context, 0))
            .Orchestrator("Cancels", context => CancelAsync(context, 1))
            .Orchestrator("CancelsMany", context => CancelAsync(context, Many)));

    private async Task RunUntilItWaitsAsync(string name)
    {
        await using var engine = Open();
        await engine.StartAsync(DurableHost.Cancellation);
        await engine.Client.ScheduleNewOrchestrationInstanceAsync(name, null, new StartOrchestrationOptions("one"), DurableHost.Cancellation);
        await engine.Client.RaiseEventAsync("one", "Go", "now", DurableHost.Cancellation);
        await DurableHost.UntilAsync(() => Task.FromResult(engine.Store.Read(session =>
            session.Scalar("SELECT 1 FROM instances WHERE custom IS NOT NULL AND pending = 0") is not null)));
    }

    private async Task<OrchestrationMetadata> FinishAsync()
    {
        await using var engine = Open();
        await engine.StartAsync(DurableHost.Cancellation);
        return await engine.Client.WaitForInstanceCompletionAsync("one", true, DurableHost.Cancellation).WaitAsync(DurableHost.Limit, DurableHost.Cancellation);
    }

    private IReadOnlyList<string> Examine()
    {
        using var session = SqliteSession.Open(File);
        return [.. StoreExamination.Examine(session).Select(finding => finding.ToString())];
    }

    private void Change(string sql)
    {
        using var session = SqliteSession.Open(File);
        Assert.NotEqual(0, session.Execute(sql));
    }
}
