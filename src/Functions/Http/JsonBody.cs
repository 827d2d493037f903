using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Serialization;

namespace Nightwatch.Functions.Http;

/// <summary>Reads a request's JSON strictly: bounded in size (by the middleware) and depth, no name twice or unknown, nothing after the end.</summary>
public static class JsonBody
{
    public const int MaxDepth = 32;

    private const int MaxBytes = 256 * 1024;

    private static readonly JsonSerializerOptions Options = Create();

    /// <summary>The value, or the answer that says what is wrong with the body; exactly one of the two is null.</summary>
    public static async Task<(T? Value, IResult? Problem)> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        if (!request.HasJsonContentType())
        {
            return (null, Answers.Problem(
                StatusCodes.Status415UnsupportedMediaType, "The body is not JSON", "Send the header Content-Type: application/json.", "Content-Type"));
        }

        var body = await RequestBody.ReadAsync(request, MaxBytes, cancellationToken);
        if (body.Length > MaxBytes)
        {
            return (null, Answers.Problem(StatusCodes.Status413PayloadTooLarge, "The body is too large", $"At most {MaxBytes} bytes are taken."));
        }

        try
        {
            return JsonSerializer.Deserialize<T>(body.Span, Options) is { } value ? (value, null) : (null, Wrong("The body is null.", null));
        }
        catch (JsonException wrong)
        {
            // The path only: the message quotes the body, and a body may hold a secret.
            return (null, Wrong($"The body is not the JSON that is taken here: line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine}.", wrong.Path is { Length: > 2 } path ? path[2..] : null));
        }
        catch (InvalidOperationException)
        {
            return (null, Wrong("The body holds text that is not valid Unicode (an unpaired surrogate).", null));
        }
    }

    private static IResult Wrong(string detail, string? field) => Answers.Problem(StatusCodes.Status400BadRequest, "The body is not acceptable", detail, field);

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(NightwatchJson.Options) { MaxDepth = MaxDepth, AllowDuplicateProperties = false, RespectNullableAnnotations = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
