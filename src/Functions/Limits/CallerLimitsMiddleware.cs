using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Nightwatch.Domain.Governance;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Limits;

/// <summary>After the sign-in: how often and on how many streams the caller may ask. Functions whose names begin with Stream are streams.</summary>
public sealed class CallerLimitsMiddleware(RequestLimits limits, FunctionPermissions permissions) : IFunctionsWorkerMiddleware
{
    public static bool IsStream(FunctionContext context) => context.FunctionDefinition.Name.StartsWith("Stream", StringComparison.Ordinal);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http || permissions.Of(context.FunctionDefinition) is not { Permission: { } permission })
        {
            await next(context);
            return;
        }

        var refused = permission == Permission.IngestAlerts
            ? await limits.CheckIntakeAsync(http, context.CancellationToken)
            : await limits.CheckCallerAsync(http, context.FunctionDefinition.Name, context.CancellationToken);
        if (refused is not null)
        {
            context.GetInvocationResult().Value = refused;
            return;
        }

        if (!IsStream(context))
        {
            await next(context);
            return;
        }

        var (place, full) = await limits.EnterStreamAsync(http, context.CancellationToken);
        if (full is not null)
        {
            context.GetInvocationResult().Value = full;
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            await (place?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }
}
