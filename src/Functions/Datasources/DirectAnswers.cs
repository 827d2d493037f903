using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Tools;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Datasources;

/// <summary>Answers with what a tool gave, or with the problem that it met.</summary>
internal static class DirectAnswers
{
    public static IResult Of(DirectAnswer answer)
    {
        if (answer.Fault is not { } fault)
        {
            return Answers.Json(answer);
        }

        var (status, title) = fault.Kind switch
        {
            ToolFaultKind.NoSource => (StatusCodes.Status404NotFound, "No such source"),
            ToolFaultKind.NotFound => (StatusCodes.Status404NotFound, "Not found"),
            ToolFaultKind.NotOpen => (StatusCodes.Status403Forbidden, "Not open to you"),
            ToolFaultKind.Refused => (StatusCodes.Status400BadRequest, "The source refused the query"),
            ToolFaultKind.Failed => (StatusCodes.Status502BadGateway, "The source failed"),
            ToolFaultKind.TimedOut => (StatusCodes.Status504GatewayTimeout, "No answer in time"),
            ToolFaultKind.Unavailable => (StatusCodes.Status503ServiceUnavailable, "Not answered"),
            _ => (StatusCodes.Status400BadRequest, "The question is not acceptable"),
        };
        return Answers.Problem(status, title, answer.Problem ?? "", fault.Argument);
    }
}
