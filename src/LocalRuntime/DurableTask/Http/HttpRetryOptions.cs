using System.Net;
using System.Text.Json.Serialization;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;

/// <summary>When and how often an HTTP call of an orchestrator is repeated.</summary>
public class HttpRetryOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(6);

    public HttpRetryOptions(IList<HttpStatusCode>? statusCodesToRetry = null) => StatusCodesToRetry = statusCodesToRetry ?? [];

    [JsonPropertyName("FirstRetryInterval")]
    public TimeSpan FirstRetryInterval { get; set; }

    [JsonPropertyName("MaxRetryInterval")]
    public TimeSpan MaxRetryInterval { get; set; } = Longest;

    [JsonPropertyName("BackoffCoefficient")]
    public double BackoffCoefficient { get; set; } = 1;

    /// <summary>No attempt starts later than this after the first.</summary>
    [JsonPropertyName("RetryTimeout")]
    public TimeSpan RetryTimeout { get; set; } = TimeSpan.MaxValue;

    /// <summary>Attempts in all, the first one included.</summary>
    [JsonPropertyName("MaxNumberOfAttempts")]
    public int MaxNumberOfAttempts { get; set; }

    /// <summary>The statuses that are tried again; all from 400 on when empty.</summary>
    [JsonPropertyName("StatusCodesToRetry")]
    public IList<HttpStatusCode> StatusCodesToRetry { get; }
}
