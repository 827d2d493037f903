using Microsoft.AspNetCore.Http;

namespace Nightwatch.Functions.Http;

/// <summary>The headers that keep browsers from doing more with an answer than it was meant for. A function may set its own afterwards, as the page does.</summary>
public static class SecurityHeaders
{
    private const string Policy = "default-src 'none'; frame-ancestors 'none'";
    private const string NoFeatures = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()";

    public static void Apply(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = Policy;
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = NoFeatures;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // Behind a proxy that ends TLS, its word is enough: a caller who lies binds nobody but themselves, and browsers heed the header over TLS only.
        if (http.Request.IsHttps || http.Request.Headers["X-Forwarded-Proto"].ToString().EndsWith("https", StringComparison.OrdinalIgnoreCase))
        {
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        }
    }
}
