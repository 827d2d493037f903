using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>An engine that dies around any commit and is opened again comes to the same results, with each answer once in history.</summary>
public sealed class CrashTests
{
    private const int InstancesPerCase = 5;
    private const int KillsPerCase = 6;

    private static readonly Lazy<Task<Dictionary<int, long>>> Expected = new(ExpectAsync);

    public static TheoryData<int, bool> Cases => new(Enumerable.Range(0, 24).Select(seed => (seed, seed % 3 == 0)));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Kills_AtRandomCommits_ChangeNothing(int seed, bool sessions)
    {
        using var scratch = new ScratchDirectory();
        var random = new Random(seed);
        var seeds = Enumerable.Range(seed * InstancesPerCase, InstancesPerCase).ToList();
        for (var kill = 0; kill < KillsPerCase; kill++)
        {
            await RunUntilKilledAsync(scratch, seeds, random.Next(1, 60), sessions);
        }

        await using var engine = Open(scratch, sessions, null);
        await engine.StartAsync(DurableHost.Cancellation);
        var expected = await Expected.Value;
        foreach (var value in seeds)
        {
            await ScheduleAsync(engine, value);
            var end = await engine.Client.WaitForInstanceCompletionAsync($"r{value}", true, DurableHost.Cancellation)
                .WaitAsync(DurableHost.Limit, DurableHost.Cancellation);
            Assert.True(end.RuntimeStatus == OrchestrationRuntimeStatus.Completed, end + " " + end.FailureDetails);
            Assert.Equal(expected[value], end.ReadOutputAs<long>());
        }

        AssertHistoriesAreSound(engine);
    }

    private static async Task RunUntilKilledAsync(ScratchDirectory scratch, List<int> seeds, int killAt, bool sessions)
    {
        var fault = new Fault(killAt);
        var engine = Open(scratch, sessions, fault.Strike);
        try
        {
            await engine.StartAsync(DurableHost.Cancellation);
            foreach (var seed in seeds)
            {
                await ScheduleAsync(engine, seed);
            }

            await fault.Struck.WaitAsync(TimeSpan.FromSeconds(2), DurableHost.Cancellation);
        }
        catch (Exception failure) when (failure is EngineKilledException or TimeoutException)
        {
            // Dead, or all was done before the kill.
        }

        await engine.AbandonAsync();
    }

    private static async Task ScheduleAsync(DurableEngine engine, int seed)
    {
        try
        {
            var options = new StartOrchestrationOptions($"r{seed}").WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
            await engine.Client.ScheduleNewOrchestrationInstanceAsync(
                "Random", new RandomOrchestration.Seed(seed, 0), options, DurableHost.Cancellation);
        }
        catch (InvalidOperationException refusal) when (refusal.Message.EndsWith("already exists.", StringComparison.Ordinal))
        {
            // An earlier life of the engine stored it.
        }
    }

    private static DurableEngine Open(ScratchDirectory scratch, bool sessions, Action<CommitPoint>? faults)
    {
        var options = new DurableEngineOptions
        {
            Path = scratch.File("durable.db"),
            Lease = TimeSpan.FromMilliseconds(150),
            PollInterval = TimeSpan.FromMilliseconds(20),
            ExtendedSessions = sessions,
            MaxTakeovers = 1000,
            Faults = faults,
        };
        return new DurableEngine(options, RandomOrchestration.Add(new TestFunctions()));
    }

    private static async Task<Dictionary<int, long>> ExpectAsync()
    {
        await using var host = await DurableHost.StartAsync(functions => RandomOrchestration.Add(functions));
        var results = await Task.WhenAll(Enumerable.Range(0, 24 * InstancesPerCase).Select(async seed =>
            (seed, await host.ResultAsync<long>("Random", new RandomOrchestration.Seed(seed, 0)))));
        return results.ToDictionary(result => result.seed, result => result.Item2);
    }

    private static void AssertHistoriesAreSound(DurableEngine engine)
    {
        var keys = engine.Store.Read(session =>
        {
            var found = new List<(long Key, int Rows)>();
            using var reader = session.Query("SELECT key, rows FROM instances");
            while (reader.Read())
            {
                found.Add((reader.GetInt64(0), reader.GetInt32(1)));
            }

            return found;
        });
        foreach (var (key, rows) in keys)
        {
            var lines = engine.Store.LoadHistory(key, rows);
            AssertOnce(lines, HistoryKind.TaskCompleted, HistoryKind.TaskFailed);
            AssertOnce(lines, HistoryKind.SubCompleted, HistoryKind.SubFailed);
            AssertOnce(lines, HistoryKind.TimerFired, HistoryKind.TimerFired);
            AssertOnce(lines, HistoryKind.TaskScheduled, HistoryKind.SubScheduled);
        }
    }

    private static void AssertOnce(List<HistoryEvent> lines, HistoryKind one, HistoryKind other)
    {
        var tasks = lines.Where(line => line.Kind == one || line.Kind == other).Select(line => line.Task).ToList();
        Assert.Equal(tasks.Count, tasks.Distinct().Count());
    }

    private sealed class EngineKilledException : Exception;

    /// <summary>Strikes at the n-th commit boundary (before or after a commit) and at each one after it.</summary>
    private sealed class Fault(int at)
    {
        private readonly TaskCompletionSource struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int passed;

        public Task Struck => struck.Task;

        public void Strike(CommitPoint point)
        {
            if (Interlocked.Increment(ref passed) >= at)
            {
                struck.TrySetResult();
                throw new EngineKilledException();
            }
        }
    }
}
