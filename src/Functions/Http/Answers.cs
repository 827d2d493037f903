using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Serialization;

namespace Nightwatch.Functions.Http;

/// <summary>The forms that our HTTP answers take.</summary>
public static class Answers
{
    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) => Results.Json(value, NightwatchJson.Options, "application/json", status);

    /// <summary>Problem details (RFC 9457); <paramref name="field"/> names the part of the request that is wrong.</summary>
    public static IResult Problem(int status, string title, string detail, string? field = null) =>
        Results.Json(new ProblemBody("about:blank", title, status, detail, field), NightwatchJson.Options, "application/problem+json", status);

    public static IResult NotFound(string what) => Problem(StatusCodes.Status404NotFound, "Not found", $"There is no {what}.");

    private sealed record ProblemBody(string Type, string Title, int Status, string Detail, string? Field);
}
