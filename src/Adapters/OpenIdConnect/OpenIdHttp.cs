using System.Net;
using System.Net.Http.Headers;
using Nightwatch.Adapters.Http;

namespace Nightwatch.Adapters.OpenIdConnect;

/// <summary>Asks a provider and reads its JSON: bounded in time and size, no redirect followed.</summary>
internal sealed class OpenIdHttp(IHttpClientFactory clients)
{
    public const string ClientName = "openid-connect";

    public static OutboundLimits Limits { get; } = new() { MaxAnswerBytes = 1024 * 1024 };

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <exception cref="ProviderFailureException">No connection, no answer in time, more than 1 MiB, or another status than 200.</exception>
    public async Task<byte[]> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        var (status, body) = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return status == HttpStatusCode.OK ? body : throw new ProviderFailureException($"{address.Authority} answered {(int)status} to {address.AbsolutePath}");
    }

    /// <summary>The status and the body, whatever the status is.</summary>
    /// <exception cref="ProviderFailureException">No connection, no answer in time, or more than 1 MiB.</exception>
    public async Task<(HttpStatusCode Status, byte[] Body)> PostAsync(
        Uri address, IReadOnlyDictionary<string, string> form, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Authorization = authorization;
        return await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = request.RequestUri!;
        request.Headers.Accept.ParseAdd("application/json");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            using var response = await clients.CreateClient(ClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException canceled) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProviderFailureException($"{address.Authority} did not answer within {Timeout.TotalSeconds:0} seconds", canceled);
        }
        catch (HttpRequestException broken) when (OutboundRefusedException.Within(broken) is { } refused)
        {
            throw new ProviderFailureException(refused.Message, refused);
        }
        catch (HttpRequestException broken) when (broken.InnerException is AnswerTooLargeException tooLarge)
        {
            throw new ProviderFailureException($"{address.Authority}: {tooLarge.Message}", broken);
        }
        catch (HttpRequestException broken)
        {
            throw new ProviderFailureException(FailureText.OfConnection(broken, address), broken);
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException)
        {
            throw new ProviderFailureException(broken is AnswerTooLargeException ? $"{address.Authority}: {broken.Message}" : $"{address.Authority} broke off its answer", broken);
        }
    }
}
