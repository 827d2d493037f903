using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Nightwatch.Functions.Http;

/// <summary>Versions of what is stored, as entity tags (RFC 9110, section 8.8.3).</summary>
public static class EntityTags
{
    public static void Set(HttpResponse response, string etag) => response.Headers.ETag = $"\"{etag}\"";

    /// <summary>
    /// The version that the request is for; null when it is for whichever there is (no If-Match, or *). A header that names several, or none that is strong,
    /// is refused: the version that was read is one.
    /// </summary>
    public static (string? ETag, IResult? Problem) Expected(HttpRequest request)
    {
        var header = request.Headers.IfMatch;
        if (header.Count == 0 || header.ToString() == "*")
        {
            return (null, null);
        }

        return EntityTagHeaderValue.TryParseStrictList(header, out var tags) && tags is [{ IsWeak: false } only] && only.Tag.Length > 2
            ? (only.Tag.Value![1..^1], null)
            : (null, Answers.Problem(
                StatusCodes.Status400BadRequest, "A header is not acceptable", "If-Match takes the one ETag that was read, in double quotes, or *.", "If-Match"));
    }
}
