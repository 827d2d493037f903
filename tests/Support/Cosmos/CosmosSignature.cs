using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Nightwatch.Support.Cosmos;

/// <summary>
/// Signatures of the master key, as "Access control on Azure Cosmos DB resources" of the REST reference describes them: HMAC-SHA256 over verb, resource type,
/// resource link and date, each on a line.
/// </summary>
internal static class CosmosSignature
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);

    public static bool IsGood(HttpRequest request, string[] segments, string key)
    {
        var date = request.Headers["x-ms-date"].ToString();
        if (!DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            || (TimeProvider.System.GetUtcNow() - at).Duration() > Skew)
        {
            return false;
        }

        // An odd number of segments asks for a feed of the last one's kind; its owner is what is signed.
        var isFeed = segments.Length % 2 == 1;
        var type = segments.Length == 0 ? "" : isFeed ? segments[^1] : segments[^2];
        var link = string.Join('/', isFeed ? segments[..^1] : segments);
        var given = Uri.UnescapeDataString(request.Headers.Authorization.ToString());
        return Links(segments, link).Any(l => Equal(given, $"type=master&ver=1.0&sig={Sign(request.Method, type, l, date, key)}"));
    }

    /// <summary>A resource that is addressed by its own id is signed by that id alone.</summary>
    private static IEnumerable<string> Links(string[] segments, string link)
    {
        yield return link;
        if (segments.Length >= 4)
        {
            yield return segments[3].ToLowerInvariant();
        }
    }

    private static string Sign(string verb, string type, string link, string date, string key)
    {
        var text = $"{verb.ToLowerInvariant()}\n{type.ToLowerInvariant()}\n{link}\n{date.ToLowerInvariant()}\n\n";
        return Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(text)));
    }

    private static bool Equal(string a, string b) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));
}
