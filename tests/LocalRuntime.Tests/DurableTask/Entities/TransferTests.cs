using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.Support;
using static Nightwatch.LocalRuntime.Tests.DurableTask.Entities.EntitySamples;

namespace Nightwatch.LocalRuntime.Tests.DurableTask.Entities;

/// <summary>Transfers between accounts inside critical sections conserve the sum, whatever dies meanwhile, and each is booked once.</summary>
public sealed class TransferTests
{
    private const int Accounts = 6;
    private const int Funds = 100;
    private const int Transfers = 25;
    private const int Kills = 6;

    public static TheoryData<int> Seeds => new(Enumerable.Range(0, 12));

    [Fact]
    public async Task Transfers_ManyAtOnce_ConserveTheSum()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities());
        await FundAsync(host.Engine);
        var random = new Random(1);

        var moved = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => host.ResultAsync<bool>("Transfer", Order(random))));

        await AssertConservedAsync(host.Engine, moved.Count(done => done));
    }

    [Fact]
    public async Task Transfers_OnTwoEnginesOfWhichOneDies_ConserveTheSum()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities(), options => options.Lease = TimeSpan.FromMilliseconds(500));
        var other = await host.AddEngineAsync(options => options.Lease = TimeSpan.FromMilliseconds(500));
        await FundAsync(host.Engine);
        var random = new Random(2);
        var ids = await Task.WhenAll(Enumerable.Range(0, 120).Select(i => (i % 2 == 0 ? host.Engine : other).Client
            .ScheduleNewOrchestrationInstanceAsync("Transfer", Order(random), DurableHost.Cancellation)));
        await DurableHost.UntilAsync(() => Task.FromResult(host.Engine.Locks() > 0));

        await other.AbandonAsync();
        var ends = await Task.WhenAll(ids.Select(host.EndAsync));

        await AssertConservedAsync(host.Engine, ends.Count(end => end.ReadOutputAs<bool>()));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Transfers_WithKillsAtRandomCommits_ConserveTheSum(int seed)
    {
        using var scratch = new ScratchDirectory();
        var random = new Random(seed);
        var orders = Enumerable.Range(0, Transfers).Select(_ => Order(random)).ToList();
        await using (var first = Open(scratch, null))
        {
            await first.StartAsync(DurableHost.Cancellation);
            await FundAsync(first);
        }

        for (var kill = 0; kill < Kills; kill++)
        {
            await RunUntilKilledAsync(scratch, orders, random.Next(5, 120));
        }

        await using var engine = Open(scratch, null);
        await engine.StartAsync(DurableHost.Cancellation);
        var moved = 0;
        for (var i = 0; i < orders.Count; i++)
        {
            await ScheduleAsync(engine, i, orders[i]);
            var end = await engine.Client.WaitForInstanceCompletionAsync($"t{i}", true, DurableHost.Cancellation)
                .WaitAsync(DurableHost.Limit, DurableHost.Cancellation);
            Assert.True(end.RuntimeStatus == OrchestrationRuntimeStatus.Completed, end + " " + end.FailureDetails);
            moved += end.ReadOutputAs<bool>() ? 1 : 0;
        }

        await AssertConservedAsync(engine, moved);
    }

    private static Transfer Order(Random random)
    {
        var from = random.Next(Accounts);
        return new Transfer(from, (from + random.Next(1, Accounts)) % Accounts, random.Next(1, 60));
    }

    private static async Task FundAsync(DurableEngine engine)
    {
        for (var i = 0; i < Accounts; i++)
        {
            await engine.SignalAsync(AccountId(i), "add", Funds);
            await DurableHost.UntilAsync(async () => (await engine.StateAsync<Balance>(AccountId(i)))?.Amount == Funds);
        }
    }

    private static async Task AssertConservedAsync(DurableEngine engine, int moved)
    {
        // The orchestration ends with the release of its locks, after both bookings.
        var balances = await Task.WhenAll(Enumerable.Range(0, Accounts).Select(i => engine.StateAsync<Balance>(AccountId(i))));
        Assert.All(balances, balance => Assert.True(balance!.Amount >= 0));
        Assert.Equal(Accounts * Funds, balances.Sum(balance => balance!.Amount));
        Assert.Equal(Accounts + (2 * moved), balances.Sum(balance => balance!.Changes));
        Assert.Equal((0L, 0L), (engine.Locks(), engine.Waiting()));
        Assert.InRange(moved, 1, int.MaxValue);
    }

    private static async Task RunUntilKilledAsync(ScratchDirectory scratch, List<Transfer> orders, int killAt)
    {
        var struck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var passed = 0;
        var engine = Open(scratch, _ =>
        {
            if (Interlocked.Increment(ref passed) >= killAt)
            {
                struck.TrySetResult();
                throw new EngineKilledException();
            }
        });
        try
        {
            await engine.StartAsync(DurableHost.Cancellation);
            for (var i = 0; i < orders.Count; i++)
            {
                await ScheduleAsync(engine, i, orders[i]);
            }

            await struck.Task.WaitAsync(TimeSpan.FromSeconds(2), DurableHost.Cancellation);
        }
        catch (Exception failure) when (failure is EngineKilledException or TimeoutException)
        {
            // Dead, or all was done before the kill.
        }

        await engine.AbandonAsync();
    }

    private static async Task ScheduleAsync(DurableEngine engine, int number, Transfer order)
    {
        try
        {
            var options = new StartOrchestrationOptions($"t{number}").WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
            await engine.Client.ScheduleNewOrchestrationInstanceAsync("Transfer", order, options, DurableHost.Cancellation);
        }
        catch (InvalidOperationException refusal) when (refusal.Message.EndsWith("already exists.", StringComparison.Ordinal))
        {
            // An earlier life of the engine stored it.
        }
    }

    private static DurableEngine Open(ScratchDirectory scratch, Action<CommitPoint>? faults) => new(
        new DurableEngineOptions
        {
            Path = scratch.File("durable.db"),
            Lease = TimeSpan.FromMilliseconds(150),
            PollInterval = TimeSpan.FromMilliseconds(20),
            MaxTakeovers = 1000,
            MaxEntityBatch = 3,
            Faults = faults,
        },
        new TestFunctions().AddEntities());

    private sealed class EngineKilledException : Exception;
}
