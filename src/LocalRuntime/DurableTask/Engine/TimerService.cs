namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>One timer of the process, set to the next due time in the file. Timers that wait cost nothing.</summary>
internal sealed class TimerService : IDisposable
{
    private const int Batch = 500;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly EngineState state;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private long next;
    private int firing;

    public TimerService(EngineState state)
    {
        this.state = state;
        timer = state.Options.Time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Notes that a timer is due at a time (UTC ticks); 0 means none.</summary>
    public void Add(long due)
    {
        lock (gate)
        {
            if (due != 0 && (next == 0 || due <= next))
            {
                next = due;
                Arm();
            }
        }
    }

    public void Dispose() => timer.Dispose();

    // What was added while firing has armed a timer whose tick was skipped.
    private void Rearm(long due)
    {
        lock (gate)
        {
            next = next == 0 || (due != 0 && due < next) ? due : next;
            if (next != 0)
            {
                Arm();
            }
        }
    }

    private void Arm()
    {
        var wait = TimeSpan.FromTicks(Math.Max(0, next - state.Now));
        // Rounded up to the clock's resolution, so that it does not fire just before the time.
        var rounded = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        timer.Change(rounded < Longest ? rounded : Longest, Timeout.InfiniteTimeSpan);
    }

    private void Fire() => _ = FireAsync();

    /// <summary>Turns what is due into messages; a simulation calls it in place of the clock's own timer.</summary>
    public Task FireAsync() => Interlocked.Exchange(ref firing, 1) == 0 ? FireDueAsync() : Task.CompletedTask;

    private async Task FireDueAsync()
    {
        var due = 0L;
        try
        {
            do
            {
                lock (gate)
                {
                    next = 0;
                }

                var (worker, now) = (state.Worker, state.Now);
                if (worker == 0 || state.Stopping.IsCancellationRequested)
                {
                    return;
                }

                var (woken, following) = await state.Store.WriteAsync(session => WorkClaims.FireTimers(session, now, worker, Batch)).ConfigureAwait(false);
                state.Dispatch(woken);
                due = following;
            }
            while (due != 0 && due <= state.Now);
        }
        catch (Exception failure) when (!state.Stopping.IsCancellationRequested)
        {
            EngineLog.WriteFailed(state.Log, failure);
            state.AskForAudit();
        }
        finally
        {
            Volatile.Write(ref firing, 0);
            Rearm(due);
        }
    }
}
