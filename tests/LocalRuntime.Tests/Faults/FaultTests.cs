using Microsoft.Data.Sqlite;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.LocalRuntime.Tests.DurableTask;
using Nightwatch.LocalRuntime.Tests.Simulation;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.Tests.Faults;

/// <summary>A file that is full, locked or slow, or whose writes fail one by one, costs time but no work and no result.</summary>
public sealed class FaultTests
{
    private const int Full = 13;
    private const int Busy = 5;

    private static readonly bool All = Environment.GetEnvironmentVariable("NIGHTWATCH_ALL") == "1";

    [Fact]
    public async Task FullDisk_ThenRoom_GoesOn()
    {
        using var store = new FaultyStore(new RecipeFunctions());
        await using var engine = await FaultyStore.StartAsync(store.Open());
        await FaultyStore.ScheduleAsync(engine, "before");

        // The writer's own connection meets SQLITE_FULL from here on.
        var pages = engine.Store.Read(session => (long)session.Scalar("PRAGMA page_count")!);
        await engine.Store.WriteAsync(session => session.Scalar($"PRAGMA max_page_count = {pages}"));
        var refusal = await Assert.ThrowsAsync<SqliteException>(async () =>
        {
            for (var i = 0; ; i++)
            {
                await FaultyStore.ScheduleAsync(engine, $"during-{i}");
            }
        });
        Assert.Equal(Full, refusal.SqliteErrorCode);
        await engine.Store.WriteAsync(session => session.Scalar("PRAGMA max_page_count = 1000000"));
        await FaultyStore.ScheduleAsync(engine, "after");

        var ids = engine.Store.Read(session => (string)session.Scalar("SELECT group_concat(id) FROM instances WHERE execution > 0 AND parent IS NULL")!).Split(',');
        Assert.Contains("before", ids);
        foreach (var id in ids)
        {
            await FaultyStore.AssertEndsAsync(engine, id);
        }

        await FaultyStore.AssertSharedAsync(engine, ids.Length);
    }

    [Fact]
    public async Task LockedFile_ThenFree_GoesOn()
    {
        using var store = new FaultyStore(new RecipeFunctions());
        await using var engine = await FaultyStore.StartAsync(store.Open());
        await engine.Store.WriteAsync(session => session.Execute("PRAGMA busy_timeout = 30"));
        await FaultyStore.ScheduleAsync(engine, "before");
        using (var other = SqliteSession.Open(store.File))
        {
            other.Execute("BEGIN IMMEDIATE");
            var refusal = await Assert.ThrowsAsync<SqliteException>(() => FaultyStore.ScheduleAsync(engine, "during"));
            Assert.Equal(Busy, refusal.SqliteErrorCode);
            other.Execute("ROLLBACK");
        }

        await FaultyStore.ScheduleAsync(engine, "after");
        await FaultyStore.AssertEndsAsync(engine, "before");
        await FaultyStore.AssertEndsAsync(engine, "after");
        await FaultyStore.AssertSharedAsync(engine, 2);
    }

    /// <summary>Commits that take longer than the lease: the work goes to and fro between two engines, and is done once.</summary>
    [Fact]
    public async Task SlowDisk_LeasesEnd_ResultsStay()
    {
        using var store = new FaultyStore(new RecipeFunctions());
        var lease = TimeSpan.FromMilliseconds(150);
        await using var slow = await FaultyStore.StartAsync(store.Open(lease: lease));
        await using var quick = await FaultyStore.StartAsync(store.Open(lease: lease));
        var stop = false;
        var hold = Task.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                await slow.Store.WriteAsync(_ =>
                {
                    Thread.Sleep(300);
                    return true;
                });
                await Task.Delay(50);
            }
        }, DurableHost.Cancellation);
        var ids = Enumerable.Range(0, 6).Select(i => $"slow-{i}").ToList();
        foreach (var id in ids)
        {
            await FaultyStore.ScheduleAsync(id.EndsWith('0') ? slow : quick, id);
        }

        await Task.WhenAll(ids.Take(3).Select(id => FaultyStore.AssertEndsAsync(quick, id)));
        Volatile.Write(ref stop, true);
        await hold;
        await Task.WhenAll(ids.Select(id => FaultyStore.AssertEndsAsync(quick, id)));
        await FaultyStore.AssertSharedAsync(quick, ids.Count);
    }

    /// <summary>The n-th write fails, before it reaches the file or after, for each n that a run has.</summary>
    [Fact]
    public async Task EachWrite_FailingOnce_ChangesNothing()
    {
        var writes = await CountAsync();
        Assert.InRange(writes, 20, 2_000);
        for (var at = 1; at <= writes; at += All ? 1 : Math.Max(1, writes / 12))
        {
            await RunAsync(new Strike(at));
        }
    }

    private static async Task<int> CountAsync()
    {
        var count = new Strike(int.MaxValue);
        await RunAsync(count);
        return count.Passed;
    }

    private static async Task RunAsync(Strike strike)
    {
        using var store = new FaultyStore(new RecipeFunctions());
        await using var engine = store.Open(strike.At);
        try
        {
            await engine.StartAsync(DurableHost.Cancellation);
            await FaultyStore.ScheduleAsync(engine, "one");
            await FaultyStore.AssertEndsAsync(engine, "one");
        }
        catch (SqliteException)
        {
            // It struck the start or the call itself: their caller tries again.
            await using var again = await FaultyStore.StartAsync(store.Open());
            await FaultyStore.ScheduleAsync(again, "one");
            await FaultyStore.AssertEndsAsync(again, "one");
        }

        await FaultyStore.AssertSharedAsync(engine, 1);
        FaultyStore.AssertSound(engine);
    }

    private sealed class Strike(int nth)
    {
        private int passed;

        public int Passed => Volatile.Read(ref passed);

        public void At(CommitPoint point)
        {
            if (Interlocked.Increment(ref passed) == nth)
            {
                throw new SqliteException($"The test lets write {nth} fail ({point}).", Busy);
            }
        }
    }
}
