using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Governance;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Limits;

/// <summary>
/// Before the sign-in: the headers of every answer, the bounds of a request's size and time, and the door shut for addresses that try credentials. An answer
/// 401 to a request that carried a credential counts against its address.
/// </summary>
public sealed class LimitsMiddleware(
    RequestLimits limits, FunctionPermissions permissions, Cors cors, IOptions<LimitsOptions> options, TimeProvider time) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        SecurityHeaders.Apply(http);
        cors.Apply(http);
        var access = permissions.Of(context.FunctionDefinition);
        // A webhook that is not taken is lost, so the intake's door stays open; what it refuses is not counted, or one misconfigured sender would shut out
        // everybody behind the same proxy. Its tokens are too long to be guessed.
        var isIntake = access.Permission == Permission.IngestAlerts;
        var refused = RequestBounds.Check(http, options.Value, isIntake)
            ?? (access.Public ? await limits.CheckPublicAsync(http, context.CancellationToken)
                : isIntake ? null : await limits.CheckAddressAsync(http, context.CancellationToken));
        if (refused is not null)
        {
            context.GetInvocationResult().Value = refused;
            return;
        }

        await RequestDeadline.RunAsync(context, http, next, CallerLimitsMiddleware.IsStream(context) ? Timeout.InfiniteTimeSpan : options.Value.RequestTime, time);
        if (!isIntake && context.GetInvocationResult().Value is IStatusCodeHttpResult { StatusCode: StatusCodes.Status401Unauthorized } && HasCredential(http.Request))
        {
            await limits.CountFailureAsync(http, context.CancellationToken);
        }
    }

    private static bool HasCredential(HttpRequest request) => request.Headers.Authorization.Count > 0 || request.Query.ContainsKey("code");
}
