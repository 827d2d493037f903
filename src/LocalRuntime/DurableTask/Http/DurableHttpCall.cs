using System.Globalization;
using System.Net;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;
using Microsoft.DurableTask;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>One HTTP call of an orchestrator with its retries and polls. It runs inside the orchestrator: each wait is a durable timer.</summary>
internal sealed class DurableHttpCall(TaskOrchestrationContext context, DurableHttpRequest original)
{
    /// <summary>The official name of the activity that makes one request.</summary>
    public const string ActivityName = "BuiltIn::HttpActivity";

    /// <summary>The context's property with the milliseconds between polls.</summary>
    public const string PollIntervalProperty = "HttpDefaultAsyncRequestSleepTimeMilliseconds";

    private const double DefaultPollInterval = 30_000;

    // What speaks for the caller goes to nobody but the host that it was meant for.
    private static readonly string[] Credentials = ["Authorization", "Proxy-Authorization", "Cookie", "x-functions-key"];

    private readonly DateTime began = context.CurrentUtcDateTime;

    public async Task<DurableHttpResponse> RunAsync()
    {
        var request = original;
        var response = await SendAsync(request).ConfigureAwait(true);
        while (response.StatusCode == HttpStatusCode.Accepted && original.AsynchronousPatternEnabled && Header(response, "Location") is { Length: > 0 } location)
        {
            request = Poll(request, location);
            await WaitAsync(PollDelay(response)).ConfigureAwait(true);
            response = await SendAsync(request).ConfigureAwait(true);
        }

        return response;
    }

    private async Task<DurableHttpResponse> SendAsync(DurableHttpRequest request)
    {
        var first = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            var isLast = !MayRetry(first, attempt);
            try
            {
                var response = await context.CallActivityAsync<DurableHttpResponse>(ActivityName, Within(request)).ConfigureAwait(true);
                if (isLast || !IsToRetry(response.StatusCode))
                {
                    return response;
                }
            }
            catch (TaskFailedException failure) when (!isLast && IsOfTheNetwork(failure))
            {
                // Tried again below.
            }

            await WaitAsync(RetryDelay(attempt)).ConfigureAwait(true);
        }
    }

    private static bool IsOfTheNetwork(TaskFailedException failure) =>
        failure.FailureDetails.IsCausedBy<HttpRequestException>() || failure.FailureDetails.IsCausedBy<TimeoutException>();

    private bool MayRetry(DateTime first, int attempt) => original.HttpRetryOptions is { } retry && attempt < retry.MaxNumberOfAttempts &&
        context.CurrentUtcDateTime - first < retry.RetryTimeout;

    private bool IsToRetry(HttpStatusCode status) => original.HttpRetryOptions!.StatusCodesToRetry is { Count: > 0 } named
        ? named.Contains(status)
        : status >= HttpStatusCode.BadRequest;

    private TimeSpan RetryDelay(int attempt)
    {
        var retry = original.HttpRetryOptions!;
        return RetryLoop.Delay(retry.FirstRetryInterval, retry.BackoffCoefficient, retry.MaxRetryInterval, attempt);
    }

    private TimeSpan PollDelay(DurableHttpResponse response)
    {
        var after = Header(response, "Retry-After");
        if (int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        if (DateTimeOffset.TryParseExact(after, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return date.UtcDateTime > context.CurrentUtcDateTime ? date.UtcDateTime - context.CurrentUtcDateTime : TimeSpan.Zero;
        }

        return TimeSpan.FromMilliseconds(context.Properties.TryGetValue(PollIntervalProperty, out var value) && value is double known ? known : DefaultPollInterval);
    }

    private static DurableHttpRequest Poll(DurableHttpRequest before, string location)
    {
        if (!Uri.TryCreate(before.Uri, location, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new InvalidOperationException("The answer's Location is not an http address.");
        }

        var isSame = Uri.Compare(uri, before.Uri, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
        return new DurableHttpRequest(HttpMethod.Get, uri)
        {
            AsynchronousPatternEnabled = true,
            Headers = before.Headers?.Where(header => isSame || !Credentials.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
                .ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase),
        };
    }

    private static string? Header(DurableHttpResponse response, string name) =>
        response.Headers?.FirstOrDefault(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Value is { Count: > 0 } values ? values[0] : null;

    /// <summary>The request with what is left of the whole call's time.</summary>
    private DurableHttpRequest Within(DurableHttpRequest request) => original.Timeout is not { } limit
        ? request
        : new DurableHttpRequest(request.Method, request.Uri)
        {
            Headers = request.Headers,
            Content = request.Content,
            AsynchronousPatternEnabled = request.AsynchronousPatternEnabled,
            Timeout = Left(limit),
        };

    private TimeSpan Left(TimeSpan limit) => limit - (context.CurrentUtcDateTime - began) is var left && left > TimeSpan.Zero
        ? left
        : throw new TimeoutException($"The HTTP call was not done within {limit}.");

    private Task WaitAsync(TimeSpan delay) => context.CreateTimer(
        original.Timeout is { } limit && Left(limit) is var left && left < delay ? left : delay, CancellationToken.None);
}
