using Microsoft.DurableTask;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Repeats a call as its options say, waiting on durable timers.</summary>
internal static class RetryLoop
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(365);

    /// <exception cref="TaskAttemptFailedException">The last attempt's failure.</exception>
    public static Task<string?> RunAsync(OrchestratorContext context, TaskRetryOptions? retry, Func<Task<string?>> attempt) => retry switch
    {
        { Policy: { } policy } => WithPolicy(context, policy, attempt),
        { Handler: { } handler } => WithHandler(context, handler, attempt),
        _ => attempt(),
    };

    private static async Task<string?> WithPolicy(OrchestratorContext context, RetryPolicy policy, Func<Task<string?>> attempt)
    {
        var began = context.CurrentUtcDateTime;
        for (var number = 1; ; number++)
        {
            try
            {
                return await attempt().ConfigureAwait(true);
            }
            catch (TaskAttemptFailedException failure) when (IsWorthRetrying(context, policy, failure, number, began))
            {
                var delay = Delay(policy.FirstRetryInterval, policy.BackoffCoefficient, policy.MaxRetryInterval, number);
                await context.CreateTimer(delay, CancellationToken.None).ConfigureAwait(true);
            }
        }
    }

    private static bool IsWorthRetrying(OrchestratorContext context, RetryPolicy policy, TaskAttemptFailedException failure, int number, DateTime began)
    {
        if (!failure.Retriable || number >= policy.MaxNumberOfAttempts)
        {
            return false;
        }

        var inTime = policy.RetryTimeout == Timeout.InfiniteTimeSpan || context.CurrentUtcDateTime - began < policy.RetryTimeout;
        try
        {
            return policy.Handle(failure) && inTime;
        }
        catch (Exception error) when (error is not TaskAttemptFailedException)
        {
            // A predicate that throws must not hide the failure it was asked about.
            return false;
        }
    }

    /// <summary>The wait after the attempt of the number (1 is the first). However it grows, it ends before the calendar does.</summary>
    public static TimeSpan Delay(TimeSpan first, double coefficient, TimeSpan max, int number)
    {
        var longest = max >= TimeSpan.Zero && max < LongestDelay ? max : LongestDelay;
        var milliseconds = first.TotalMilliseconds * Math.Pow(coefficient, number - 1);
        return milliseconds < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : longest;
    }

    private static async Task<string?> WithHandler(OrchestratorContext context, AsyncRetryHandler handler, Func<Task<string?>> attempt)
    {
        var began = context.CurrentUtcDateTime;
        for (var number = 1; ; number++)
        {
            try
            {
                return await attempt().ConfigureAwait(true);
            }
            catch (TaskAttemptFailedException failure) when (failure.Retriable && number < int.MaxValue)
            {
                var decision = new RetryContext(context, number, failure.Details, context.CurrentUtcDateTime - began, CancellationToken.None);
                if (!await handler(decision).ConfigureAwait(true))
                {
                    throw;
                }
            }
        }
    }
}
