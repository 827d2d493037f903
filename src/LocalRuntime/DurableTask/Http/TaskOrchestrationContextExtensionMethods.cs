using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;
using Nightwatch.LocalRuntime.DurableTask;

namespace Microsoft.DurableTask;

/// <summary>HTTP calls of orchestrators.</summary>
public static class TaskOrchestrationContextExtensionMethods
{
    /// <summary>Makes an HTTP call in an activity and, if the request says so, polls on durable timers until the work behind it is done.</summary>
    /// <exception cref="TaskFailedException">There was no answer, or one that is longer than a payload may be.</exception>
    /// <exception cref="TimeoutException">The request's timeout is over.</exception>
    public static Task<DurableHttpResponse> CallHttpAsync(this TaskOrchestrationContext context, DurableHttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(request);
        return new DurableHttpCall(context, request).RunAsync();
    }

    /// <inheritdoc cref="CallHttpAsync(TaskOrchestrationContext, DurableHttpRequest)" />
    public static Task<DurableHttpResponse> CallHttpAsync(
        this TaskOrchestrationContext context, HttpMethod method, Uri uri, string? content = null, HttpRetryOptions? retryOptions = null) =>
        context.CallHttpAsync(new DurableHttpRequest(method, uri) { Content = content, HttpRetryOptions = retryOptions });
}
