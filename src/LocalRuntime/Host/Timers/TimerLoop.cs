using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Nightwatch.LocalRuntime.Host.Timers;

/// <summary>
/// One timer in one process: wins its lease, waits for the due time, runs, stores, and waits again. A process without the lease asks for it now and
/// then, and so takes over when the holder has died.
/// </summary>
internal sealed partial class TimerLoop(
    string name,
    TimerTriggerAttribute trigger,
    TimerSchedule schedule,
    string owner,
    TimerStore store,
    TimerCall call,
    TimeSpan lease,
    TimeProvider time,
    ILogger log)
{
    private bool started;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (await store.TryLeaseAsync(name, owner, Now, lease) is { } status)
                {
                    await LeadAsync(status, stop);
                }

                await Task.Delay(lease / 3, time, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                Broken(name, error);
                await Task.WhenAny(Task.Delay(lease / 3, time, stop));
            }
        }
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Runs the timer for as long as the lease is held.</summary>
    private async Task LeadAsync(TimerStatus status, CancellationToken stop)
    {
        var monitored = trigger.UseMonitor && schedule.IsMonitorable(Now);
        var due = schedule.Next(monitored ? status.Last ?? status.Updated : Now);
        var late = due <= Now;
        if (!late && trigger.RunOnStartup && !started)
        {
            due = Now;
        }

        started = true;
        if (!monitored && late)
        {
            due = schedule.Next(Now);
            late = false;
        }

        while (await WaitUntilAsync(due, stop))
        {
            var ran = late || due < Now - lease ? Now : due;
            if (!await RunOnceAsync(status, ran, late, monitored))
            {
                return;
            }

            // Occurrences that passed while the function ran are left out, as the official extension does.
            due = schedule.Next(Now);
            status = new TimerStatus(ran, due, Now);
            late = false;
            if (!await store.SaveAsync(name, owner, status) || stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Waits, renewing the lease; false when it was lost.</summary>
    private async Task<bool> WaitUntilAsync(DateTime due, CancellationToken stop)
    {
        while (due > Now)
        {
            var rest = due - Now;
            await Task.Delay(rest < lease / 3 ? rest : lease / 3, time, stop);
            if (await store.TryLeaseAsync(name, owner, Now, lease) is null)
            {
                return false;
            }
        }

        return !stop.IsCancellationRequested;
    }

    /// <summary>One run under a lease that is renewed beside it; a run whose lease is lost is cancelled.</summary>
    private async Task<bool> RunOnceAsync(TimerStatus status, DateTime ran, bool late, bool monitored)
    {
        using var lost = new CancellationTokenSource();
        using var over = new CancellationTokenSource();
        var renewal = RenewAsync(lost, over.Token);
        var info = new TimerInfo
        {
            IsPastDue = late,
            ScheduleStatus = monitored ? new ScheduleStatus { Last = status.Last ?? default, Next = status.Next ?? schedule.Next(ran), LastUpdated = status.Updated } : null,
        };
        await call.RunAsync(info, lost.Token);
        await over.CancelAsync();
        await renewal;
        return !lost.IsCancellationRequested;
    }

    private async Task RenewAsync(CancellationTokenSource lost, CancellationToken over)
    {
        try
        {
            while (true)
            {
                await Task.Delay(lease / 3, time, over);
                if (await store.TryLeaseAsync(name, owner, Now, lease) is null)
                {
                    Lost(name);
                    await lost.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The run is over.
        }
        catch (Microsoft.Data.Sqlite.SqliteException error)
        {
            Broken(name, error);
            await lost.CancelAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The timer {Timer} lost its lease while it ran; its run is cancelled.")]
    private partial void Lost(string timer);

    [LoggerMessage(Level = LogLevel.Error, Message = "The timer {Timer} cannot use its store; trying again.")]
    private partial void Broken(string timer, Exception error);
}
