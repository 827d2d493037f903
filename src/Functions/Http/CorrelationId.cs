using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Nightwatch.Functions.Http;

/// <summary>Ties what one request did together, in the audit trail, in the logs and for the one who asked. The sender may give its own.</summary>
public static class CorrelationId
{
    public const string Header = "X-Correlation-Id";
    private const int MaxLength = 64;
    private static readonly object Key = new();

    public static string Of(HttpContext http)
    {
        if (http.Items[Key] is string known)
        {
            return known;
        }

        var given = http.Request.Headers[Header].ToString();
        var id = given.Length is > 0 and <= MaxLength && given.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? given
            : Activity.Current?.TraceId.ToHexString() ?? Guid.NewGuid().ToString("n");
        http.Items[Key] = id;
        return id;
    }
}
