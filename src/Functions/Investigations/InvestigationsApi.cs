using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Investigations;
using Nightwatch.Functions.Http;
using Nightwatch.Functions.Masking;

namespace Nightwatch.Functions.Investigations;

/// <summary>An investigation as JSON, as a Markdown report, and as a stream while it grows.</summary>
public sealed class InvestigationsApi(ReadInvestigation read, InvestigationStream stream, ShownAnswers answers)
{
    [Function("ReadInvestigation")]
    [Requires(Permission.ReadIncidents)]
    public async Task<IResult> ReadAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous, "get", Route = "api/investigations/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var format = request.Query["format"].ToString();
        if (format is not ("" or "json" or "markdown"))
        {
            return Answers.Problem(StatusCodes.Status400BadRequest, "Unknown format", "format is json or markdown.", "format");
        }

        if (await read.ReadAsync(request.Caller(), id, cancellationToken) is not { } view)
        {
            return Answers.NotFound($"investigation {id}");
        }

        var wantsMarkdown = format == "markdown"
            || (format.Length == 0 && request.Headers.Accept.ToString().Contains("text/markdown", StringComparison.OrdinalIgnoreCase));
        return wantsMarkdown ? answers.Markdown(InvestigationReport.ToMarkdown(view)) : answers.Json(view);
    }

    [Function("StreamInvestigation")]
    [Requires(Permission.ReadIncidents)]
    public async Task<IResult> StreamAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous, "get", Route = "api/investigations/{id}/events")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        if (await read.ReadAsync(request.Caller(), id, cancellationToken) is null)
        {
            return Answers.NotFound($"investigation {id}");
        }

        await stream.WriteAsync(request, request.Caller(), id, cancellationToken);
        return Results.Empty;
    }
}
