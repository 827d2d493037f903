using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Governance;

namespace Nightwatch.Functions.Http;

/// <summary>Lets a request through to its function when the caller may; a refused webhook becomes a finding, because its sender never sends it again.</summary>
public sealed partial class AuthorisationMiddleware(
    FunctionPermissions permissions, IOptions<AccessOptions> options, RefusedWebhooks refused, ILogger<AuthorisationMiddleware> logger) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        Harden(http.Response);
        var access = permissions.Of(context.FunctionDefinition);
        var decision = access switch
        {
            { Public: true } => AccessDecision.Granted,
            { Permission: { } permission } => AccessDecision.Decide(http, permission, options.Value),
            _ => new AccessDecision(StatusCodes.Status403Forbidden, "Not open", "This function names no permission."),
        };
        if (decision.Allowed)
        {
            await next(context);
            return;
        }

        LogRefused(logger, context.FunctionDefinition.Name, decision.Status, decision.Title);
        if (access.Permission == Permission.IngestAlerts)
        {
            await refused.RecordAsync(context.FunctionDefinition.Name, decision.Detail, context.CancellationToken);
        }

        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"nightwatch\"";
        context.GetInvocationResult().Value = Answers.Problem(decision.Status, decision.Title, decision.Detail);
    }

    private static void Harden(HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused {Function} with {Status}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string function, int status, string reason);
}
