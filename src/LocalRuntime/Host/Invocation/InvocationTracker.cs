using Microsoft.Extensions.Logging;

namespace Nightwatch.LocalRuntime.Host.Invocation;

/// <summary>Counts what runs, so that a stop can wait for it, and gives each invocation its token.</summary>
internal sealed partial class InvocationTracker(HostSettings settings, ILogger<InvocationTracker> log) : IDisposable
{
    private readonly CancellationTokenSource abandon = new();
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int running = 1;
    private volatile bool draining;

    /// <summary>True once the host is stopping: nothing new is to begin.</summary>
    public bool IsDraining => draining;

    /// <summary>Begins an invocation whose token is cancelled by its caller, by the function timeout or by the end of the host's grace.</summary>
    public RunningInvocation Begin(CancellationToken caller, bool timed = true)
    {
        Interlocked.Increment(ref running);
        var source = CancellationTokenSource.CreateLinkedTokenSource(caller, abandon.Token);
        if (timed && settings.FunctionTimeout is { } timeout)
        {
            source.CancelAfter(timeout);
        }

        return new RunningInvocation(this, source);
    }

    /// <summary>Waits for what runs, at most the grace; then cancels it.</summary>
    public async Task DrainAsync()
    {
        draining = true;
        End();
        try
        {
            await drained.Task.WaitAsync(settings.ShutdownGrace);
        }
        catch (TimeoutException)
        {
            StillRunning(Volatile.Read(ref running), settings.ShutdownGrace);
        }

        await abandon.CancelAsync();
    }

    public void Dispose() => abandon.Dispose();

    private void End()
    {
        if (Interlocked.Decrement(ref running) == 0)
        {
            drained.TrySetResult();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} invocations still ran after {Grace} and were cancelled.")]
    private partial void StillRunning(int count, TimeSpan grace);

    internal sealed class RunningInvocation(InvocationTracker tracker, CancellationTokenSource source) : IDisposable
    {
        public CancellationToken Token { get; } = source.Token;

        public void Dispose()
        {
            source.Dispose();
            tracker.End();
        }
    }
}
