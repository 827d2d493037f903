using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// The durable engine of this process: orchestrations are replayed from a history in SQLite, activities run at least once, and several engines (in one
/// process or many) may share one file. The client works before the engine starts; what it schedules waits in the file.
/// </summary>
internal sealed class DurableEngine : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan QueueDrain = TimeSpan.FromSeconds(2);

    private readonly EngineState state;
    private readonly ActivityRunner activities;
    private readonly EntityPlayer entities;
    private readonly TurnRunner turns;
    private readonly TimerService timers;
    private readonly Housekeeper housekeeper;
    private readonly Lock gate = new();
    private Task? created;
    private Task housekeeping = Task.CompletedTask;
    private bool disposed;

    public DurableEngine(DurableEngineOptions options, IDurableInvoker invoker)
    {
        state = new EngineState(options, new DurableStore(options.Path, options.Faults), invoker);
        activities = new ActivityRunner(state);
        entities = new EntityPlayer(state);
        turns = new TurnRunner(state, activities, entities);
        timers = new TimerService(state);
        housekeeper = new Housekeeper(state, activities, timers);
        state.Dispatch = Dispatch;
        Client = new LocalDurableTaskClient(state, CreatedAsync);
    }

    public DurableTaskClient Client { get; }

    internal DurableStore Store => state.Store;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await CreatedAsync().ConfigureAwait(false);
        await housekeeper.EnterAsync().ConfigureAwait(false);
        turns.Start();
        activities.Start();
        housekeeping = Task.Run(housekeeper.RunAsync, CancellationToken.None);
        EngineLog.Started(state.Log, state.Worker, state.Options.Path);
    }

    /// <summary>Starts without loops: who asks for the steps decides what happens next. For simulations.</summary>
    public async Task<EngineSteps> StartStepwiseAsync()
    {
        await CreatedAsync().ConfigureAwait(false);
        await housekeeper.EnterAsync().ConfigureAwait(false);
        return new EngineSteps(turns, activities, timers, housekeeper);
    }

    /// <summary>Lets running activities and entity operations end within the drain time, stores what they returned, and leaves the rest to other workers.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (state.Worker == 0 || state.Stopping.IsCancellationRequested)
        {
            return;
        }

        await state.Draining.CancelAsync().ConfigureAwait(false);
        var drained = Task.WhenAll(activities.StoppedAsync(), UntilAsync(() => entities.Running == 0, state.Options.DrainTimeout));
        await Task.WhenAny(drained, Task.Delay(state.Options.DrainTimeout, cancellationToken)).ConfigureAwait(false);
        await state.Aborting.CancelAsync().ConfigureAwait(false);
        await UntilAsync(() => state.Slots.Waiting == 0 && turns.InFlight == 0, QueueDrain).ConfigureAwait(false);
        await HaltAsync().ConfigureAwait(false);
        var worker = state.Worker;
        state.Worker = 0;
        await LeaveAsync(worker).ConfigureAwait(false);
        EngineLog.Stopped(state.Log);
    }

    private async Task LeaveAsync(long worker)
    {
        try
        {
            await state.Store.WriteAsync(session =>
            {
                WorkClaims.Leave(session, worker);
                return true;
            }).ConfigureAwait(false);
        }
        catch (SqliteException failure)
        {
            // Others take the work over when the lease ends.
            EngineLog.WriteFailed(state.Log, failure);
        }
    }

    /// <summary>Ends as a killed process would: nothing more is stored and the lease stays until it is over. For tests.</summary>
    public async Task AbandonAsync()
    {
        await state.Draining.CancelAsync().ConfigureAwait(false);
        await state.Aborting.CancelAsync().ConfigureAwait(false);
        await HaltAsync().ConfigureAwait(false);
        Release();
    }

    public async ValueTask DisposeAsync()
    {
        if (!disposed)
        {
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
            Release();
        }
    }

    /// <summary>The file with its tables; one that could not be made is tried again by whoever asks next.</summary>
    private Task CreatedAsync()
    {
        lock (gate)
        {
            return created is null or { IsFaulted: true } ? created = state.Store.CreateAsync() : created;
        }
    }

    private static async Task UntilAsync(Func<bool> condition, TimeSpan limit)
    {
        var deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (!condition() && Environment.TickCount64 < deadline)
        {
            await Task.Delay(10).ConfigureAwait(false);
        }
    }

    private async Task HaltAsync()
    {
        await state.Stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(turns.StoppedAsync(), housekeeping).ConfigureAwait(false);
        await UntilAsync(() => turns.InFlight == 0, QueueDrain).ConfigureAwait(false);
    }

    private void Release()
    {
        if (!disposed)
        {
            disposed = true;
            timers.Dispose();
            entities.Dispose();
            state.Store.Dispose();
            state.Signals.AllMayHaveChanged();
        }
    }

    private void Dispatch(Woken woken)
    {
        foreach (var key in woken.Instances)
        {
            state.Slots.Wake(key);
        }

        timers.Add(woken.FirstDue);
    }
}
