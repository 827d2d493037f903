using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.Host.Functions;
using Nightwatch.LocalRuntime.Host.Invocation;

namespace Nightwatch.LocalRuntime.Host.Timers;

/// <summary>One run of a timer function, with the retries that its attribute asks for. Failures are logged; the schedule goes on.</summary>
internal sealed partial class TimerCall(
    FunctionDescriptor function,
    FunctionPipeline pipeline,
    InvocationTracker tracker,
    OutputDelivery outputs,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger log)
{
    public async Task RunAsync(TimerInfo timer, CancellationToken leaseLost)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var running = tracker.Begin(leaseLost);
            try
            {
                await InvokeAsync(timer, attempt, running.Token);
                return;
            }
            catch (Exception error)
            {
                Failed(function.Name, attempt + 1, error);
                if (function.Retry is not { } retry || (retry.MaxRetryCount >= 0 && attempt >= retry.MaxRetryCount) || running.Token.IsCancellationRequested)
                {
                    return;
                }
            }

            try
            {
                await Task.Delay(Wait(attempt), time, running.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task InvokeAsync(TimerInfo timer, int attempt, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var retry = new InvocationRetry(attempt, function.Retry?.MaxRetryCount ?? 0);
        var invocation = new FunctionInvocationContext(function, timer, scope.ServiceProvider, new Dictionary<string, object?>(), cancellationToken) { Retry = retry };
        await pipeline.RunAsync(invocation);
        await outputs.DeliverAsync(invocation, cancellationToken);
    }

    private TimeSpan Wait(int attempt) => function.Retry switch
    {
        FixedDelayRetryAttribute retry => Parse(retry.DelayInterval),
        ExponentialBackoffRetryAttribute retry => TimeSpan.FromTicks((long)Math.Min(Parse(retry.MaximumInterval).Ticks, Parse(retry.MinimumInterval).Ticks * Math.Pow(2, attempt))),
        _ => TimeSpan.Zero,
    };

    private static TimeSpan Parse(string interval) => TimeSpan.Parse(interval, CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Error, Message = "The timer function {Function} failed (attempt {Attempt}).")]
    private partial void Failed(string function, int attempt, Exception error);
}
