using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Datasources;

/// <summary>Outcomes of the use cases as HTTP, and what requests say beside their body.</summary>
internal static class DatasourceAnswers
{
    public static IResult Problem(DatasourceOutcome outcome, string id) => outcome.Kind switch
    {
        DatasourceOutcomeKind.NotFound => Answers.NotFound($"datasource {id}"),
        DatasourceOutcomeKind.Forbidden => Of(outcome, StatusCodes.Status403Forbidden, "Not in your scope"),
        DatasourceOutcomeKind.Configured => Of(outcome, StatusCodes.Status409Conflict, "Made by a setting"),
        DatasourceOutcomeKind.Conflict => Of(outcome, StatusCodes.Status409Conflict, "Not possible now"),
        DatasourceOutcomeKind.NoKey => Of(outcome, StatusCodes.Status409Conflict, "Credentials cannot be stored"),
        DatasourceOutcomeKind.Changed => Of(outcome, StatusCodes.Status412PreconditionFailed, "Changed meanwhile"),
        DatasourceOutcomeKind.TestFailed => Answers.Problem(
            StatusCodes.Status422UnprocessableEntity,
            "The connection test failed",
            $"{outcome.Problem}. Nothing was stored; send it with force=true to store it all the same.",
            outcome.Field),
        _ => Of(outcome, StatusCodes.Status400BadRequest, "The datasource is not acceptable"),
    };

    private static IResult Of(DatasourceOutcome outcome, int status, string title) => Answers.Problem(status, title, outcome.Problem ?? "", outcome.Field);

    public static IResult WithETag(HttpRequest request, string? etag, IResult answer)
    {
        if (etag is not null)
        {
            request.HttpContext.Response.Headers.ETag = $"\"{etag}\"";
        }

        return answer;
    }

    /// <summary>The one etag that is asked for; null for none or any.</summary>
    public static string? IfMatch(HttpRequest request)
    {
        var text = request.Headers.IfMatch.ToString().Trim();
        return text is "" or "*" ? null : text.Trim('"');
    }

    /// <summary>test and force, each true or false.</summary>
    public static (DatasourceTrial? Trial, IResult? Wrong) TrialOf(HttpRequest request)
    {
        var given = new ListQuery(request.Query);
        foreach (var name in new[] { "test", "force" })
        {
            if (given.Text(name) is not (null or "true" or "false"))
            {
                return (null, Answers.Problem(StatusCodes.Status400BadRequest, "A parameter is not acceptable", $"{name} must be true or false.", name));
            }
        }

        return (new DatasourceTrial(given.Text("test") == "true", given.Text("force") == "true"), null);
    }
}
