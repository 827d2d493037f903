using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.Host.Timers;

public sealed class TimerFunctionTests
{
    private static readonly DateTimeOffset Morning = new(2026, 11, 21, 8, 0, 30, TimeSpan.Zero);

    [Fact]
    public async Task Run_EveryFiveMinutes_RunsWhenDueWithItsStatus()
    {
        using var state = new ScratchDirectory();
        var time = new ManualTime(Morning);
        var runs = new Runs();
        await using var app = await StartAsync(typeof(EveryFiveMinutes), state, time, runs);

        await time.AdvanceUntilAsync(() => runs.Seen.Count >= 2);

        var seen = runs.Seen.Take(2).ToList();
        Assert.Equal(new DateTime(2026, 11, 21, 8, 5, 0, DateTimeKind.Utc), seen[0].At.UtcDateTime, TimeSpan.FromSeconds(30));
        Assert.Equal(new DateTime(2026, 11, 21, 8, 5, 0, DateTimeKind.Utc), seen[1].Info.ScheduleStatus!.Last);
        Assert.Equal(new DateTime(2026, 11, 21, 8, 10, 0, DateTimeKind.Utc), seen[1].Info.ScheduleStatus!.Next);
        Assert.All(seen, run => Assert.False(run.Info.IsPastDue));
    }

    [Fact]
    public async Task Run_MissedWhileNothingRan_IsCaughtUpOnceAndPastDue()
    {
        using var state = new ScratchDirectory();
        var time = new ManualTime(Morning);
        await using (await StartAsync(typeof(EveryFiveMinutes), state, time, new Runs()))
        {
            await time.AdvanceUntilAsync(() => time.GetUtcNow() > Morning + TimeSpan.FromMinutes(1));
        }

        time.Set(Morning + TimeSpan.FromHours(5));
        var runs = new Runs();
        await using var app = await StartAsync(typeof(EveryFiveMinutes), state, time, runs);
        await time.AdvanceUntilAsync(() => runs.Seen.Count >= 2);

        Assert.Equal([true, false], runs.Seen.Take(2).Select(run => run.Info.IsPastDue));
    }

    [Fact]
    public async Task Run_OnStartup_RunsAtOnce()
    {
        using var state = new ScratchDirectory();
        var runs = new Runs();

        await using var app = await StartAsync(typeof(AtStartup), state, new ManualTime(Morning), runs);

        await Eventually.TrueAsync(() => runs.Seen.Count == 1, "the startup run");
        Assert.False(runs.Seen.Single().Info.IsPastDue);
    }

    [Fact]
    public async Task Run_TwoHostsOnOneState_EachOccurrenceRunsOnce()
    {
        using var state = new ScratchDirectory();
        var time = new ManualTime(Morning);
        var runs = new Runs();
        await using var first = await StartAsync(typeof(EveryFiveMinutes), state, time, runs);
        await using var second = await StartAsync(typeof(EveryFiveMinutes), state, time, runs);

        await time.AdvanceUntilAsync(() => runs.Seen.Count >= 6, loops: 2);

        var minutes = runs.Seen.Select(run => run.At.ToUnixTimeSeconds() / 300).ToList();
        Assert.Equal(minutes.Distinct().Count(), minutes.Count);
    }

    [Fact]
    public async Task Run_HolderDied_AnotherTakesOverWhenTheLeaseEnds()
    {
        using var state = new ScratchDirectory();
        var time = new ManualTime(Morning);
        var runs = new Runs();
        var dying = await StartAsync(typeof(EveryFiveMinutes), state, time, new Runs());
        await using (dying)
        {
            await time.AdvanceUntilAsync(() => time.GetUtcNow() > Morning + TimeSpan.FromMinutes(1));
        }

        // What a killed process leaves behind: its name in the lease, which nobody renews.
        using (var session = Sqlite.SqliteSession.Open(state.File("host.db")))
        {
            session.Execute("UPDATE timers SET owner = 'dead', lease_until = $1", (time.GetUtcNow().UtcDateTime + TimeSpan.FromSeconds(15)).Ticks);
        }

        await using var heir = await StartAsync(typeof(EveryFiveMinutes), state, time, runs);
        await time.AdvanceUntilAsync(() => !runs.Seen.IsEmpty);

        Assert.False(runs.Seen.First().Info.IsPastDue);
    }

    [Fact]
    public async Task Run_Fails_IsTriedAgainAsItsAttributeSays()
    {
        using var state = new ScratchDirectory();
        var time = new ManualTime(Morning);
        var runs = new Runs();
        await using var app = await StartAsync(typeof(Retried), state, time, runs);

        await time.AdvanceUntilAsync(() => runs.Seen.Count >= 3);

        Assert.Equal([0, 1, 2], runs.Seen.Take(3).Select(run => run.Retry));
        Assert.True(runs.Seen.ElementAt(2).At - runs.Seen.ElementAt(1).At >= TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Run_LongerThanItsInterval_NeverOverlaps()
    {
        using var state = new ScratchDirectory();
        var time = new ManualTime(Morning);
        var runs = new Runs();
        await using var app = await StartAsync(typeof(Lasting), state, time, runs);

        await time.AdvanceUntilAsync(() => runs.Seen.Count >= 3);

        Assert.Equal(1, runs.MostAtOnce);
    }

    private static Task<TestApp> StartAsync(Type functions, ScratchDirectory state, ManualTime time, Runs runs) => TestApp.StartAsync(new TestAppOptions
    {
        Functions = [functions],
        StateDirectory = state.Path,
        Settings = { ["Every"] = "0 */5 * * * *" },
        Configure = builder => builder.Services.AddSingleton<TimeProvider>(time).AddSingleton(runs),
    });

    public sealed class Runs
    {
        private int now;
        private int most;

        internal ConcurrentQueue<(DateTimeOffset At, TimerInfo Info, int Retry)> Seen { get; } = new();

        internal int MostAtOnce => Volatile.Read(ref most);

        internal void Enter()
        {
            var running = Interlocked.Increment(ref now);
            most = Math.Max(most, running);
        }

        internal void Leave() => Interlocked.Decrement(ref now);
    }

    public sealed class EveryFiveMinutes(TimeProvider time, Runs runs)
    {
        [Function("EveryFiveMinutes")]
        public void Run([TimerTrigger("%Every%")] TimerInfo timer) => runs.Seen.Enqueue((time.GetUtcNow(), timer, 0));
    }

    public sealed class AtStartup(TimeProvider time, Runs runs)
    {
        [Function("AtStartup")]
        public void Run([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true)] TimerInfo timer) => runs.Seen.Enqueue((time.GetUtcNow(), timer, 0));
    }

    public sealed class Retried(TimeProvider time, Runs runs)
    {
        [Function("Retried")]
        [FixedDelayRetry(2, "00:00:10")]
        public void Run([TimerTrigger("01:00:00")] TimerInfo timer, FunctionContext context)
        {
            runs.Seen.Enqueue((time.GetUtcNow(), timer, context.RetryContext.RetryCount));
            throw new InvalidOperationException("again");
        }
    }

    public sealed class Lasting(TimeProvider time, Runs runs)
    {
        [Function("Lasting")]
        public async Task Run([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
        {
            runs.Enter();
            await Task.Delay(TimeSpan.FromMinutes(3), time, cancellationToken);
            runs.Seen.Enqueue((time.GetUtcNow(), timer, 0));
            runs.Leave();
        }
    }
}
