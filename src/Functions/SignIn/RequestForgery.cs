using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Functions.SignIn;

/// <summary>
/// Whether a request that a browser authenticates by itself (a cookie, the platform's session) was made by our own page. What changes something needs a
/// header that no form and no link can send, and an Origin that is ours.
/// </summary>
public static class RequestForgery
{
    public const string Header = "X-Nightwatch-Request";

    private const string Told = "A request that changes something needs the header X-Nightwatch-Request: 1 and must come from this service's own page.";

    /// <summary>Null when the request is safe, or is our page's own.</summary>
    public static Refusal? Check(HttpRequest request, SignInOptions options)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        {
            return null;
        }

        return request.Headers[Header] != "1" ? new Refusal(RefusalKind.Forgery, $"A request with a session lacks {Header}", Told)
            : options.Origin is null || request.Headers.Origin.Count != 1 || request.Headers.Origin[0] != options.Origin
            ? new Refusal(RefusalKind.Forgery, "A request with a session came from another origin", Told)
            : null;
    }
}
