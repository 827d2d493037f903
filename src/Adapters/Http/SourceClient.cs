using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Adapters.Http;

/// <summary>What a source answered when it did not answer 2xx: the status and the beginning of the body.</summary>
internal sealed record RefusedAnswer(HttpStatusCode Status, string? ContentType, string Body);

/// <summary>
/// Asks one outside system over HTTP for JSON: time limit, size limit, and every failure mapped to a <see cref="SourceException"/> whose message says what
/// happened without any credential. It logs nothing; the one who handles the failure does.
/// </summary>
internal sealed class SourceClient(
    IHttpClientFactory clients,
    string clientName,
    SourceOptions options,
    Func<RefusedAnswer, (SourceFailure Failure, string Message)?> explain,
    TimeProvider time)
{
    private const int ErrorBodyBytes = 8 * 1024;

    public SourceOptions Options => options;

    /// <summary>GET of a path relative to the source's base address.</summary>
    public Task<T> GetAsync<T>(string pathAndQuery, CancellationToken cancellationToken) =>
        SendAsync<T>(() => new HttpRequestMessage(HttpMethod.Get, new Uri(options.Url, pathAndQuery)), cancellationToken);

    /// <summary>GET with a query string, or POST with the same as a form when the address would grow past what proxies take.</summary>
    public Task<T> AskAsync<T>(string path, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        var query = QueryText.Of(parameters);
        return query.Length <= 1800
            ? GetAsync<T>($"{path}?{query}", cancellationToken)
            : SendAsync<T>(
                () => new HttpRequestMessage(HttpMethod.Post, new Uri(options.Url, path)) { Content = new FormUrlEncodedContent(parameters) },
                cancellationToken);
    }

    /// <summary>GET of a JSON array of objects.</summary>
    public async Task<List<T>> GetListAsync<T>(string pathAndQuery, CancellationToken cancellationToken)
        where T : class => WithoutNulls(await GetAsync<List<T>>(pathAndQuery, cancellationToken).ConfigureAwait(false));

    /// <summary>Reads a part of an answer whose form depended on another part.</summary>
    public T Parse<T>(JsonElement part)
    {
        try
        {
            return part.Deserialize<T>(SourceJson.Options) ?? throw Bad("the answer is null");
        }
        catch (JsonException exception)
        {
            throw Malformed(exception);
        }
    }

    public List<T> WithoutNulls<T>(List<T> list)
        where T : class => list.Contains(null!) ? throw Bad("the answer is not of the documented form (a list holds null)") : list;

    public SourceException Bad(string message) => new(SourceFailure.BadAnswer, options.Name, $"{options.Name}: {message}");

    /// <summary>POST of a JSON body.</summary>
    public Task<T> PostAsync<T>(string path, object body, CancellationToken cancellationToken) => SendAsync<T>(
        () => new HttpRequestMessage(HttpMethod.Post, new Uri(options.Url, path)) { Content = JsonContent.Create(body, body.GetType(), options: SourceJson.Options) },
        cancellationToken);

    private async Task<T> SendAsync<T>(Func<HttpRequestMessage> create, CancellationToken cancellationToken)
    {
        SourceException? failure = null;
        try
        {
            return options.Problem is { } problem
                ? throw Failed(SourceFailure.Unauthorized, problem)
                : await TrySendAsync<T>(create, cancellationToken).ConfigureAwait(false);
        }
        catch (SourceException met)
        {
            failure = met;
            throw;
        }
        finally
        {
            if (options.Observer is { } observer && !cancellationToken.IsCancellationRequested)
            {
                await observer.UsedAsync(failure).ConfigureAwait(false);
            }
        }
    }

    private async Task<T> TrySendAsync<T>(Func<HttpRequestMessage> create, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = create();
        try
        {
            return await SendAsync<T>(request, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(SourceFailure.Timeout, $"no answer within {options.Timeout.TotalSeconds:0} s", exception);
        }
        catch (AnswerTooLargeException exception)
        {
            throw Failed(SourceFailure.BadAnswer, $"the answer is larger than {options.MaxAnswerBytes >> 20} MiB; ask for less", exception);
        }
        catch (JsonException exception)
        {
            throw Malformed(exception);
        }
        catch (HttpRequestException exception) when (OutboundRefusedException.Within(exception) is { } refused)
        {
            throw Failed(SourceFailure.NotAllowed, refused.Message, refused);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw Failed(SourceFailure.BadAnswer, $"the answer's headers are larger than {OutboundLimits.HeadersKilobytes} KiB", exception);
        }
        catch (HttpRequestException exception)
        {
            throw Failed(SourceFailure.Unavailable, FailureText.OfConnection(exception, options.Url), exception);
        }
        catch (IOException exception)
        {
            throw Failed(SourceFailure.Unavailable, $"{options.Url.Authority} broke off its answer", exception);
        }
        catch (ObjectDisposedException exception) when (options.Transport is not null)
        {
            throw Failed(SourceFailure.Unavailable, "its settings were changed just now; ask again", exception);
        }
        catch (InvalidDataException exception)
        {
            throw Failed(SourceFailure.BadAnswer, "the answer's compression is damaged", exception);
        }
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = options.Authorization;
        request.Headers.Accept.ParseAdd("application/json");
        request.Options.Set(OutboundRequest.MaxAnswerBytes, options.MaxAnswerBytes);
        if (options.Header is { } header)
        {
            request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        if (options.Organisation is { } organisation)
        {
            request.Headers.TryAddWithoutValidation(organisation.Key, organisation.Value);
        }

        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        var type = response.Content.Headers.ContentType?.MediaType;
        if (!response.IsSuccessStatusCode)
        {
            throw await RefusedAsync(response, type, cancellationToken).ConfigureAwait(false);
        }

        if (type is not null && !type.EndsWith("json", StringComparison.OrdinalIgnoreCase))
        {
            throw Failed(SourceFailure.BadAnswer, $"answered {FailureText.Shorten(type)} instead of JSON; is {options.Url} the right address?");
        }

        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return await JsonSerializer.DeserializeAsync<T>(body, SourceJson.Options, cancellationToken).ConfigureAwait(false) ?? throw Bad("the answer is null");
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (options.Transport is not { } own)
        {
            return clients.CreateClient(options.ByUser ? SourceHttpExtensions.UserClient : clientName).SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }

        request.Headers.UserAgent.ParseAdd(SourceHttpExtensions.UserAgent);
        return own.SendAsync(request, cancellationToken);
    }

    private async Task<SourceException> RefusedAsync(HttpResponseMessage response, string? type, CancellationToken cancellationToken)
    {
        var status = response.StatusCode;
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired)
        {
            return Failed(SourceFailure.Unauthorized, $"refused our credentials ({(int)status}){(options.Authorization is null ? "; none are set" : "")}");
        }

        if ((int)status is >= 300 and < 400)
        {
            var target = response.Headers.Location is { IsAbsoluteUri: true } location ? location.GetLeftPart(UriPartial.Authority) : "another path";
            return Failed(SourceFailure.BadAnswer, $"redirects to {FailureText.Shorten(target.Split('@')[^1])}, which is not followed; set the final address");
        }

        var refused = new RefusedAnswer(status, type, await ReadStartAsync(response, cancellationToken).ConfigureAwait(false));
        var (failure, message) = explain(refused) ?? (FailureOf(status), type == "text/plain" ? refused.Body : response.ReasonPhrase ?? "");
        return Failed(failure, $"{FailureText.Shorten(message)} ({(int)status})");
    }

    private static async Task<string> ReadStartAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var start = new byte[ErrorBodyBytes];
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var read = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return System.Text.Encoding.UTF8.GetString(start, 0, read);
    }

    public static SourceFailure FailureOf(HttpStatusCode status) => (int)status switch
    {
        401 or 403 or 407 => SourceFailure.Unauthorized,
        408 or 504 => SourceFailure.Timeout,
        429 or >= 500 => SourceFailure.Unavailable,
        _ => SourceFailure.BadRequest,
    };

    private SourceException Malformed(JsonException exception) =>
        Failed(SourceFailure.BadAnswer, $"the answer is not of the documented form (at {FailureText.Shorten(exception.Path ?? "$")})", exception);

    private SourceException Failed(SourceFailure failure, string message, Exception? inner = null) =>
        new(failure, options.Name, $"{options.Name}: {message}", inner);
}
