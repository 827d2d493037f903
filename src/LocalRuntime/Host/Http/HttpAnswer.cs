using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.Host.Invocation;

namespace Nightwatch.LocalRuntime.Host.Http;

/// <summary>
/// The middleware that ConfigureFunctionsWebApplication adds: it hands the request to what runs inside it and writes the result as the answer.
/// As in the official integration, an IActionResult and an IResult are executed and anything else leaves the response as the function left it.
/// </summary>
internal static partial class HttpAnswer
{
    public static FunctionExecutionDelegate Middleware(FunctionExecutionDelegate next) => context =>
        context is FunctionInvocationContext { TriggerValue: HttpRequest request } invocation ? RunAsync(invocation, request.HttpContext, next) : next(context);

    private static async Task RunAsync(FunctionInvocationContext invocation, HttpContext http, FunctionExecutionDelegate next)
    {
        invocation.Items[FunctionContextExtensions.HttpContextKey] = http;
        await next(invocation);
        if (await TryWriteAsync(invocation.Result, http))
        {
            return;
        }

        var answer = invocation.Outputs.FirstOrDefault(output => output.Descriptor.Binding is HttpResultAttribute);
        if (await TryWriteAsync(answer?.Value, http) || http.Response.HasStarted)
        {
            return;
        }

        NoAnswer(http.RequestServices.GetRequiredService<ILogger<HttpFunctions>>(), invocation.Function.Name);
    }

    private static async Task<bool> TryWriteAsync(object? result, HttpContext http)
    {
        switch (result)
        {
            case IActionResult action:
                await action.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
                return true;
            case IResult answer:
                await answer.ExecuteAsync(http);
                return true;
            default:
                return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The function {Function} returned no HTTP answer.")]
    private static partial void NoAnswer(ILogger log, string function);
}
