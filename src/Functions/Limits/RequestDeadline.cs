using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Limits;

/// <summary>
/// Ends a request that takes too long: its caller gets 503, and the connection's end cancels the function, whose own answer is then dropped. The function is
/// waited for, since the request's objects are its own until it has returned.
/// </summary>
internal sealed class RequestDeadline(HttpContext http, TimeProvider time)
{
    private static readonly TimeSpan Parting = TimeSpan.FromMilliseconds(300);

    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool decided;

    public static async Task RunAsync(FunctionContext context, HttpContext http, FunctionExecutionDelegate next, TimeSpan limit, TimeProvider time)
    {
        if (limit == Timeout.InfiniteTimeSpan)
        {
            await next(context);
            return;
        }

        var deadline = new RequestDeadline(http, time);
        await using var timer = time.CreateTimer(static state => _ = ((RequestDeadline)state!).ExpireAsync(), deadline, limit, Timeout.InfiniteTimeSpan);
        try
        {
            await next(context);
        }
        catch (Exception) when (!deadline.TryDecide())
        {
            // Whatever the function met after its caller was answered, most often its own cancellation.
        }

        if (!deadline.TryDecide())
        {
            await deadline.answered.Task;
            context.GetInvocationResult().Value = Results.Empty;
        }
    }

    /// <summary>True for the first to ask: the function that has ended, or the deadline.</summary>
    private bool TryDecide() => !Interlocked.Exchange(ref decided, true);

    private async Task ExpireAsync()
    {
        if (!TryDecide())
        {
            return;
        }

        try
        {
            if (!http.Response.HasStarted)
            {
                http.Response.Headers.RetryAfter = "10";
                await Answers.Problem(StatusCodes.Status503ServiceUnavailable, "The request took too long", "Ask for less at once, or try again.").ExecuteAsync(http);
                await http.Response.CompleteAsync();
                // Complete means handed to the connection, which an abort would throw away before it is sent.
                await Task.Delay(Parting, time);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The caller left first.
        }
        finally
        {
            http.Abort();
            answered.SetResult();
        }
    }
}
