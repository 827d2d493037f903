using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Functions.Audit;

namespace Nightwatch.Functions.Http;

/// <summary>Lets a request through to its function when the caller may; a refused webhook becomes a finding, because its sender never sends it again.</summary>
public sealed partial class AuthorisationMiddleware(
    FunctionPermissions permissions, CallerIdentification identification, RefusedWebhooks refused, RequestAudit audit, ILogger<AuthorisationMiddleware> logger) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        http.Response.Headers[CorrelationId.Header] = CorrelationId.Of(http);
        var access = permissions.Of(context.FunctionDefinition);
        if (access.Public)
        {
            await next(context);
            return;
        }

        var decision = await DecideAsync(http, access, context.CancellationToken);
        if (decision.Status == StatusCodes.Status200OK)
        {
            http.Items[RequestCaller.Key] = decision.Caller;
            await next(context);
            return;
        }

        await audit.RefusedAsync(
            http.Request, context.FunctionDefinition.Name, decision.Caller, identification.AddressOf(http), decision.Status, decision.Title, context.CancellationToken);
        LogRefused(logger, context.FunctionDefinition.Name, decision.Status, decision.Title);
        if (access.Permission == Permission.IngestAlerts)
        {
            await refused.RecordAsync(decision.Caller?.Tenant ?? Tenants.Default, context.FunctionDefinition.Name, decision.Detail, context.CancellationToken);
        }

        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"nightwatch\"";
        context.GetInvocationResult().Value = Answers.Problem(decision.Status, decision.Title, decision.Detail);
    }

    private async Task<CallerOutcome> DecideAsync(HttpContext http, FunctionAccess access, CancellationToken cancellationToken)
    {
        if (access.Permission is not { } permission)
        {
            return CallerOutcome.Refuse(StatusCodes.Status403Forbidden, "Not open", "This function names no permission.");
        }

        var found = await identification.IdentifyAsync(http, cancellationToken);
        if (found.Caller is not { } caller)
        {
            return found;
        }

        return caller.May(permission)
            ? found with { Status = StatusCodes.Status200OK }
            : new CallerOutcome
            {
                Caller = caller,
                Status = StatusCodes.Status403Forbidden,
                Title = "You may not do that",
                Detail = $"The caller is known, but does not have the permission {Permissions.NameOf(permission)}.",
            };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused {Function} with {Status}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string function, int status, string reason);
}
