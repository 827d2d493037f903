using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Serialization;

namespace Nightwatch.Functions.Http;

/// <summary>Reads a small JSON request, or says what is wrong with it.</summary>
public static class JsonBody
{
    private const int MaxBytes = 64 * 1024;

    private static readonly JsonSerializerOptions Strict = new(NightwatchJson.Options)
    {
        MaxDepth = 16,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    /// <returns>The value, or the answer that refuses the request.</returns>
    public static async Task<(T? Value, IResult? Refusal)> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        var body = await RequestBody.ReadAsync(request, MaxBytes, cancellationToken);
        if (body.Length > MaxBytes)
        {
            return (null, Answers.Problem(StatusCodes.Status413PayloadTooLarge, "The request is too large", $"The body may have {MaxBytes} bytes."));
        }

        try
        {
            return JsonSerializer.Deserialize<T>(body.Span, Strict) is { } value
                ? (value, null)
                : (null, Wrong("The body is null; send an object.", null));
        }
        catch (JsonException wrong)
        {
            var field = wrong.Path is { Length: > 2 } path ? path[2..] : null;
            return (null, Wrong(field is null ? "The body is not a JSON object of the documented form." : $"{field} is not of the documented form.", field));
        }
    }

    private static IResult Wrong(string detail, string? field) =>
        Answers.Problem(StatusCodes.Status400BadRequest, "The request could not be read", detail, field);
}
