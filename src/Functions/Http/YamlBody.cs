using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Nightwatch.Functions.Http;

/// <summary>Reads a request's YAML as text, bounded in size; what it may say is judged by who reads it.</summary>
public static class YamlBody
{
    public const string MediaType = "application/yaml";

    private const int MaxBytes = 256 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>RFC 9512, and the older names that programs still send.</summary>
    public static bool IsSent(HttpRequest request) => MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && IsYaml(type.MediaType.Value);

    /// <summary>The caller asks for YAML and, beside it, for nothing that we would rather give.</summary>
    public static bool IsWanted(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Where(a => a.Quality is not 0).OrderByDescending(a => a.Quality ?? 1).FirstOrDefault() is { } first && IsYaml(first.MediaType.Value);

    /// <summary>The text, or the answer that says what is wrong with the body; exactly one of the two is null.</summary>
    public static async Task<(string? Text, IResult? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, MaxBytes, cancellationToken);
        if (body.Length > MaxBytes)
        {
            return (null, Answers.Problem(StatusCodes.Status413PayloadTooLarge, "The body is too large", $"At most {MaxBytes} bytes are taken."));
        }

        try
        {
            return (Strict.GetString(body.Span).TrimStart('\ufeff'), null);
        }
        catch (DecoderFallbackException)
        {
            return (null, Answers.Problem(StatusCodes.Status400BadRequest, "The body is not acceptable", "The body is not UTF-8."));
        }
    }

    private static bool IsYaml(string? type) => type?.ToLowerInvariant() is MediaType or "application/x-yaml" or "text/yaml" or "text/x-yaml";
}
