using System.Net;
using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Adapters.Http;

/// <summary>The one gate that every request passes: judges its URL, follows redirects where asked, each hop judged anew, and bounds the answer.</summary>
internal sealed class OutboundHandler(OutboundRules rules, OutboundTrust trust, OutboundLimits limits, TimeProvider time) : DelegatingHandler
{
    /// <summary>What may go along to another origin; everything else could be a credential.</summary>
    private static readonly string[] Harmless = ["Accept", "Accept-Language", "User-Agent"];

    /// <exception cref="OutboundRefusedException">A rule refuses; thrown as it is, or as the cause of an <see cref="HttpRequestException"/>.</exception>
    /// <exception cref="AnswerTooLargeException">The answer says that it is too large; later when reading it shows.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var most = request.Options.TryGetValue(OutboundRequest.MaxAnswerBytes, out var asked) ? asked : limits.MaxAnswerBytes;
        var deadline = new CancellationTokenSource(limits.MaxDuration, time);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            var response = await FollowAsync(request, either.Token).ConfigureAwait(false);
            return await BoundAsync(response, most, deadline, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            deadline.Dispose();
            throw BoundedStream.TooSlow(exception);
        }
        catch
        {
            deadline.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> FollowAsync(HttpRequestMessage first, CancellationToken cancellationToken)
    {
        var left = first.Options.TryGetValue(OutboundRequest.FollowRedirects, out var asked) ? Math.Clamp(asked, 0, OutboundRequest.MaxRedirects) : 0;
        var follows = left > 0 && first.Content is null && (first.Method == HttpMethod.Get || first.Method == HttpMethod.Head);
        for (var request = first; ; left--)
        {
            Judge(request);
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (!follows || Target(request, response) is not { } target)
            {
                return response;
            }

            response.Dispose();
            if (left == 0)
            {
                throw Refused(OutboundRule.Redirect, $"{first.RequestUri!.Authority} redirects too often (rule redirects)");
            }

            request = Next(request, target);
        }
    }

    private void Judge(HttpRequestMessage request)
    {
        var url = request.RequestUri!;
        if (rules.CheckUrl(url) is { } refusal)
        {
            throw new OutboundRefusedException(refusal);
        }

        // One host's name over another's connection would reach a neighbour that the list does not name.
        if (request.Headers.Host is { } host
            && !string.Equals(host, url.Authority, StringComparison.OrdinalIgnoreCase)
            && !trust.Names(HostName.Normalise(url.IdnHost), url.Port))
        {
            throw Refused(OutboundRule.HostHeader, "a Host header other than the address' own is not allowed (rule host-header)");
        }

        // HTTP/3 would open its connections past the connector.
        if (request.Version > HttpVersion.Version20)
        {
            request.Version = HttpVersion.Version20;
        }

        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
    }

    /// <summary>Where the answer sends us; null when it is no redirect.</summary>
    private static Uri? Target(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            || response.Headers.Location is not { } location)
        {
            return null;
        }

        var from = request.RequestUri!;
        if (!Uri.TryCreate(from, location, out var target))
        {
            response.Dispose();
            throw Refused(OutboundRule.Redirect, $"{from.Authority} redirects to something that is no address (rule redirects)");
        }

        if (from.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp)
        {
            response.Dispose();
            throw Refused(OutboundRule.Redirect, $"{from.Authority} redirects from https to http (rule redirects)");
        }

        return target;
    }

    private static HttpRequestMessage Next(HttpRequestMessage request, Uri target)
    {
        var next = new HttpRequestMessage(request.Method, target) { Version = request.Version };
        var from = request.RequestUri!;
        var sameOrigin = from.Scheme == target.Scheme && from.Port == target.Port && HostName.Normalise(from.IdnHost) == HostName.Normalise(target.IdnHost);
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (name != "Host" && (sameOrigin || Harmless.Contains(name, StringComparer.OrdinalIgnoreCase)))
            {
                next.Headers.TryAddWithoutValidation(name, values);
            }
        }

        return next;
    }

    private static async Task<HttpResponseMessage> BoundAsync(
        HttpResponseMessage response, long most, CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        var inner = response.Content;
        if (inner.Headers.ContentLength > most)
        {
            response.Dispose();
            throw new AnswerTooLargeException(most);
        }

        var stream = await inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var bounded = new StreamContent(new BoundedStream(stream, most, deadline));
        foreach (var (name, values) in inner.Headers.NonValidated)
        {
            bounded.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = bounded;
        return response;
    }

    private static OutboundRefusedException Refused(OutboundRule rule, string message) => new(new OutboundRefusal(rule, message));
}
