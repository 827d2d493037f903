using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Keeps the lease alive and looks, a few times a second, for what other processes left: due timers, free work, the work of the dead.</summary>
internal sealed class Housekeeper(EngineState state, ActivityRunner activities, TimerService timers)
{
    private const int LowQueue = 64;
    private const int ClaimBatch = 128;

    private static readonly TimeSpan FullLook = TimeSpan.FromSeconds(1);

    private long knownVersion = -1;
    private long renewAt;
    private long lookAt;

    /// <summary>Runs until the engine stops.</summary>
    public async Task RunAsync()
    {
        while (!state.Stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(state.Options.PollInterval, state.Stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await LookAsync().ConfigureAwait(false);
        }
    }

    /// <summary>One look at the file. One that fails is made up for by the next.</summary>
    public async Task LookAsync()
    {
        try
        {
            await TickAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (!state.Stopping.IsCancellationRequested)
        {
            EngineLog.WriteFailed(state.Log, failure);
            state.AskForAudit();
        }
        catch (Exception)
        {
            // The engine stops; what is left is found by others.
        }
    }

    /// <summary>Enters the engine among the workers and takes up what waits.</summary>
    public async Task EnterAsync()
    {
        state.Worker = await state.Store.WriteAsync(session => WorkClaims.Register(session, Environment.MachineName, Expiry())).ConfigureAwait(false);
        renewAt = state.LeaseNow + (state.Options.Lease / 3).Ticks;
        state.AskForAudit();
        await TickAsync().ConfigureAwait(false);
    }

    private async Task TickAsync()
    {
        var now = state.LeaseNow;
        if (now >= renewAt)
        {
            await RenewAsync().ConfigureAwait(false);
        }

        var (audit, full) = (state.TakeAuditRequest(), now >= lookAt);
        var worker = state.Worker;
        state.Slots.Trim();
        var found = await state.Store.WriteAsync(session => Look(session, worker, now, audit, full)).ConfigureAwait(false);
        if (found is null)
        {
            return;
        }

        lookAt = now + FullLook.Ticks;
        Take(found);
        if (found.Lost)
        {
            await RenewAsync().ConfigureAwait(false);
        }
    }

    private void Take(Findings found)
    {
        if (found.TookOver)
        {
            EngineLog.TookOver(state.Log);
        }

        found.Instances.ForEach(key => state.Slots.Wake(key));
        activities.Add(found.Activities, found.Activities.Count > 0);
        timers.Add(found.NextDue);
        if (found.MayHaveChanged)
        {
            state.Signals.AllMayHaveChanged();
        }
    }

    private async Task RenewAsync()
    {
        var (worker, expiry) = (state.Worker, Expiry());
        if (await state.Store.WriteAsync(session => WorkClaims.Renew(session, worker, expiry)).ConfigureAwait(false))
        {
            renewAt = state.LeaseNow + (state.Options.Lease / 3).Ticks;
            return;
        }

        // Declared dead: what this process holds in memory belongs to others now.
        activities.Clear();
        await EnterAgainAsync().ConfigureAwait(false);
    }

    private async Task EnterAgainAsync()
    {
        state.Worker = await state.Store.WriteAsync(session => WorkClaims.Register(session, Environment.MachineName, Expiry())).ConfigureAwait(false);
        renewAt = state.LeaseNow + (state.Options.Lease / 3).Ticks;
        state.AskForAudit();
        EngineLog.LeaseLost(state.Log, state.Worker);
    }

    private long Expiry() => state.LeaseNow + state.Options.Lease.Ticks;

    // Runs on the writer's connection, where data_version changes only when another connection has committed.
    private Findings? Look(SqliteSession session, long worker, long now, bool audit, bool full)
    {
        var version = (long)session.Scalar("PRAGMA data_version")!;
        var foreign = version != knownVersion;
        if (!foreign && !audit && !full)
        {
            return null;
        }

        knownVersion = version;
        if (!WorkClaims.IsAlive(session, worker))
        {
            return new Findings { Lost = true };
        }

        var tookOver = WorkClaims.TakeOver(session, now, worker);
        var found = new Findings { MayHaveChanged = foreign || audit, TookOver = tookOver, NextDue = WorkClaims.NextDue(session) };
        if (audit)
        {
            var (instances, works) = WorkClaims.Owned(session, worker);
            found.Instances.AddRange(instances);
            found.Activities.AddRange(works.Where(work => !activities.Has(work.Key, work.Execution)));
        }

        if (state.Slots.Waiting < LowQueue)
        {
            found.Instances.AddRange(WorkClaims.ClaimInstances(session, worker, ClaimBatch, state.Versions));
        }

        if (activities.Room > 0)
        {
            found.Activities.AddRange(WorkClaims.ClaimActivities(session, worker, activities.Room));
        }

        return found;
    }

    private sealed record Findings
    {
        /// <summary>Another process has committed, or a write of this one whose outcome it did not learn may have counted.</summary>
        public bool MayHaveChanged { get; init; }

        public bool TookOver { get; init; }

        /// <summary>Another process has declared this worker dead.</summary>
        public bool Lost { get; init; }

        public long NextDue { get; init; }

        public List<long> Instances { get; } = [];

        public List<ActivityWork> Activities { get; } = [];
    }
}
