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

    /// <summary>The same for a request with several things wrong.</summary>
    public static IResult Problems(int status, string title, string detail, IReadOnlyList<FieldProblem> problems) =>
        Results.Json(
            new ProblemBody("about:blank", title, status, detail, problems is [{ Field: { } only }] ? only : null) { Problems = problems },
            NightwatchJson.Options,
            "application/problem+json",
            status);

    public static IResult NotFound(string what) => Problem(StatusCodes.Status404NotFound, "Not found", $"There is no {what}.");

    private sealed record ProblemBody(string Type, string Title, int Status, string Detail, string? Field)
    {
        public IReadOnlyList<FieldProblem>? Problems { get; init; }
    }
}

/// <summary>One of the things that are wrong with a request.</summary>
/// <param name="Field">Path in the body; null when it concerns no field.</param>
/// <param name="Line">Of a body of lines, from 1.</param>
public sealed record FieldProblem(string? Field, int? Line, string Message);
