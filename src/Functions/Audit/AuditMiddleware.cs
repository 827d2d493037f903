using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Storage;
using Nightwatch.Functions.Http;
using Nightwatch.Functions.Limits;

namespace Nightwatch.Functions.Audit;

/// <summary>
/// Puts every request of a known caller on record, the innermost of the middlewares: what they refuse is theirs to record. Alerts are their own record, and
/// come by the thousand; public functions show nobody's data.
/// </summary>
public sealed class AuditMiddleware(RequestAudit audit, FunctionPermissions permissions) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http || permissions.Of(context.FunctionDefinition).Permission is null or Permission.IngestAlerts)
        {
            await next(context);
            return;
        }

        var function = context.FunctionDefinition.Name;
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            await audit.BegunAsync(http.Request, function, context.CancellationToken);
            await next(context);
            await audit.DoneAsync(http.Request, function, StatusOf(context, http), CancellationToken.None);
            return;
        }

        if (CallerLimitsMiddleware.IsStream(context))
        {
            // A stream's answer is on its way long before it ends.
            await audit.ReadAsync(http.Request, function, StatusCodes.Status200OK, context.CancellationToken);
            await next(context);
            return;
        }

        await next(context);
        var status = StatusOf(context, http);
        try
        {
            await audit.ReadAsync(http.Request, function, status, context.CancellationToken);
        }
        catch (StoreUnavailableException) when (status == StatusCodes.Status503ServiceUnavailable)
        {
            // Nothing was shown, and the store that would hold the record is what is away: the answer says so.
        }
    }

    private static int StatusOf(FunctionContext context, HttpContext http) => context.GetInvocationResult().Value switch
    {
        IStatusCodeHttpResult { StatusCode: { } status } => status,
        _ => http.Response.StatusCode,
    };
}
