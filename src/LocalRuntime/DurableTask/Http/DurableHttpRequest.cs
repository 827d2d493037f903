using System.Text.Json.Serialization;
using Microsoft.Extensions.Primitives;
using Nightwatch.LocalRuntime.DurableTask;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;

/// <summary>An HTTP call that an orchestrator makes.</summary>
public class DurableHttpRequest
{
    public DurableHttpRequest(HttpMethod method, Uri uri)
    {
        Method = method;
        Uri = uri;
    }

    [JsonPropertyName("method")]
    [JsonConverter(typeof(HttpMethodConverter))]
    public HttpMethod Method { get; }

    /// <summary>An absolute http or https address.</summary>
    [JsonPropertyName("uri")]
    public Uri Uri { get; }

    [JsonPropertyName("headers")]
    [JsonConverter(typeof(HttpHeadersConverter))]
    public IDictionary<string, StringValues>? Headers { get; set; }

    [JsonPropertyName("content")]
    public string? Content { get; set; }

    /// <summary>Whether an answer of 202 is followed to its Location until it is another one.</summary>
    [JsonPropertyName("asynchronousPatternEnabled")]
    public bool AsynchronousPatternEnabled { get; set; }

    [JsonPropertyName("retryOptions")]
    public HttpRetryOptions? HttpRetryOptions { get; set; }

    /// <summary>The longest time for the call with its retries and polls.</summary>
    [JsonPropertyName("timeout")]
    public TimeSpan? Timeout { get; set; }
}
