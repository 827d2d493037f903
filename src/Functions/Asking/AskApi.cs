using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Queries.Asking;
using Nightwatch.Domain.Tools;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Asking;

/// <summary>Questions in plain words.</summary>
public sealed class AskApi(AskQuestion ask)
{
    [Function("AskQuestion")]
    [Requires(Permission.ReadMetrics)]
    public async Task<IResult> AskAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/ask")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (question, refusal) = await JsonBody.ReadAsync<AskedQuestion>(request, cancellationToken);
        if (question is null)
        {
            return refusal!;
        }

        var outcome = await ask.AskAsync(request.Caller(), question, cancellationToken);
        return outcome.Answer is { } answer ? Answers.Json(answer) : Problem(outcome);
    }

    private static IResult Problem(AskOutcome outcome)
    {
        var (status, title) = outcome.Kind switch
        {
            ToolFaultKind.NoSource => (StatusCodes.Status404NotFound, "No such source"),
            ToolFaultKind.NotOpen => (StatusCodes.Status403Forbidden, "Not open to you"),
            _ => (StatusCodes.Status400BadRequest, "The question is not acceptable"),
        };
        return Answers.Problem(status, title, outcome.Problem ?? "", outcome.Field);
    }
}
