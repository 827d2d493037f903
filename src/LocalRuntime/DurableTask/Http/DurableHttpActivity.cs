using System.Net.Http.Headers;
using System.Text;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;
using Microsoft.Extensions.Primitives;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Makes one HTTP request of an orchestrator and reads the answer, up to the longest payload.</summary>
internal sealed class DurableHttpActivity(DurableEngineOptions options)
{
    /// <summary>The name under which the host's IHttpClientFactory is asked for a client.</summary>
    public const string ClientName = "DurableTask.Http";

    // As long as HttpClient waits when nobody says otherwise.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(100);

    /// <param name="input">The serialised <see cref="DurableHttpRequest"/>.</param>
    /// <param name="cancellationToken">The engine stops.</param>
    /// <exception cref="ArgumentException">The request cannot be sent.</exception>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    /// <exception cref="TimeoutException">The answer did not come in time.</exception>
    /// <exception cref="PayloadTooLargeException">The answer's body is longer than the longest payload.</exception>
    public async Task<DurableHttpResponse> RunAsync(string? input, CancellationToken cancellationToken)
    {
        var request = options.Converter.Deserialize<DurableHttpRequest>(input) ?? throw new ArgumentException("The HTTP request is missing.", nameof(input));
        using var message = ToMessage(request);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(request.Timeout ?? DefaultTimeout);
        try
        {
            using var response = await SendAsync(message, limit.Token).ConfigureAwait(false);
            return new DurableHttpResponse(response.StatusCode)
            {
                Headers = Headers(response),
                Content = await ReadAsync(request, response.Content, limit.Token).ConfigureAwait(false),
            };
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{Name(request)} gave no answer within {request.Timeout ?? DefaultTimeout}.", late);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        // The engine makes no clients: where requests may go is decided by whoever registers them.
        var client = options.HttpClients?.Invoke() ?? throw new InvalidOperationException("CallHttpAsync needs an IHttpClientFactory; none is registered.");

        // The request's own limit counts. A client that has sent anything takes no other value.
        if (client.Timeout != Timeout.InfiniteTimeSpan)
        {
            client.Timeout = Timeout.InfiniteTimeSpan;
        }

        return await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    private static HttpRequestMessage ToMessage(DurableHttpRequest request)
    {
        if (request.Uri is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
        {
            throw new ArgumentException("CallHttpAsync needs an absolute http or https address.");
        }

        var headers = request.Headers ?? new Dictionary<string, StringValues>();
        var type = headers.FirstOrDefault(header => Is(header.Key, "Content-Type")).Value.ToString();
        if (type.Contains("multipart", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException("Multipart content is not supported with CallHttpAsync.");
        }

        var message = new HttpRequestMessage(request.Method, request.Uri);
        if (request.Content is not null)
        {
            message.Content = new StringContent(request.Content, Encoding.UTF8);
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type.Length == 0 ? "text/plain" : type);
        }

        foreach (var (name, values) in headers.Where(header => !Is(header.Key, "Content-Type")))
        {
            Add(message, name, values);
        }

        return message;
    }

    private static void Add(HttpRequestMessage message, string name, StringValues values)
    {
        if (values.Any(value => value?.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0))
        {
            throw new ArgumentException($"The header {name} has a line break.");
        }

        if (message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
        {
            return;
        }

        // Headers that describe content are not sent where there is none, as with a poll.
        if (!(message.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values) ?? name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException($"The header '{name}' cannot be sent.");
        }
    }

    private async Task<string> ReadAsync(DurableHttpRequest request, HttpContent content, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            if (body.Length + read > options.MaxPayloadBytes)
            {
                throw new PayloadTooLargeException($"{Name(request)} answered with more than {options.MaxPayloadBytes} bytes; no longer payload is kept in history.");
            }

            body.Write(buffer, 0, read);
        }

        body.Position = 0;
        using var reader = new StreamReader(body, CharacterSet(content.Headers.ContentType?.CharSet), detectEncodingFromByteOrderMarks: true);
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }

    private static Encoding CharacterSet(string? name)
    {
        try
        {
            return string.IsNullOrEmpty(name) ? Encoding.UTF8 : Encoding.GetEncoding(name.Trim('"'));
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }

    private static Dictionary<string, StringValues> Headers(HttpResponseMessage response) => response.Headers.Concat(response.Content.Headers)
        .GroupBy(header => header.Key, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(header => header.Key, header => new StringValues([.. header.SelectMany(one => one.Value)]), StringComparer.OrdinalIgnoreCase);

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);

    // Without the query, which may hold a key.
    private static string Name(DurableHttpRequest request) => $"{request.Method} {request.Uri.GetLeftPart(UriPartial.Path)}";
}
