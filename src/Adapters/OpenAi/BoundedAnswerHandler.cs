using Nightwatch.Adapters.Http;

namespace Nightwatch.Adapters.OpenAi;

/// <summary>Bounds answers that a library of others reads to their end.</summary>
internal sealed class BoundedAnswerHandler : DelegatingHandler
{
    private const long MaxBytes = 8 * 1024 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var inner = response.Content;
        var bounded = new StreamContent(new BoundedStream(await inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), MaxBytes));
        foreach (var (name, values) in inner.Headers)
        {
            bounded.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = bounded;
        return response;
    }
}
