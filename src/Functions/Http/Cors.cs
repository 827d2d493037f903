using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Nightwatch.Functions.Http;

/// <summary>Which pages of other origins may read answers.</summary>
public sealed class CorsOptions
{
    /// <summary>Key NIGHTWATCH_CORS_ORIGINS: exact origins separated by commas; none by default.</summary>
    public IReadOnlyList<string> Origins { get; set; } = [];

    /// <exception cref="OptionsValidationException">Something that is not an exact origin, such as * or an address with a path.</exception>
    public static IReadOnlyList<string> Parse(string? text) =>
        [.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Origin)];

    private static string Origin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && text == url.GetLeftPart(UriPartial.Authority) && url.UserInfo.Length == 0
            ? text
            : throw new OptionsValidationException(
                nameof(CorsOptions), typeof(CorsOptions), ["NIGHTWATCH_CORS_ORIGINS takes exact origins in lower case, such as https://ops.example.com; no *, no path, no slash at the end."]);
}

/// <summary>
/// CORS (Fetch standard, section 3.3). An origin that is named may call with a token; cookies are never allowed from elsewhere, so that no other page acts in
/// a person's session.
/// </summary>
public sealed class Cors(IOptions<CorsOptions> options)
{
    private readonly HashSet<string> origins = new(options.Value.Origins, StringComparer.Ordinal);

    public void Apply(HttpContext http)
    {
        if (origins.Count == 0)
        {
            return;
        }

        var headers = http.Response.Headers;
        headers.Append(HeaderNames.Vary, "Origin");
        var origin = http.Request.Headers.Origin;
        if (origin.Count != 1 || !origins.TryGetValue(origin[0]!, out var known))
        {
            return;
        }

        headers.AccessControlAllowOrigin = known;
        // The resource policy would keep the answer from the very page that may read it.
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        headers.AccessControlExposeHeaders = "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Correlation-Id";
        if (HttpMethods.IsOptions(http.Request.Method) && !StringValues.IsNullOrEmpty(http.Request.Headers.AccessControlRequestMethod))
        {
            headers.AccessControlAllowMethods = "GET, POST, PUT, PATCH, DELETE";
            headers.AccessControlAllowHeaders = "Authorization, Content-Type, If-Match, If-None-Match, Last-Event-ID, X-Correlation-Id, X-Nightwatch-Tenant";
            headers.AccessControlMaxAge = "600";
        }
    }
}
