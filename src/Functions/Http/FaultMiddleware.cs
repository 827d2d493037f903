using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Functions.Http;

/// <summary>
/// The one place where a fault of an HTTP function becomes an answer: a store that is down is 503, so that Alertmanager tries again; a document that
/// the store does not take is 413; all else is 500.
/// </summary>
public sealed partial class FaultMiddleware(ILogger<FaultMiddleware> logger) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
        }
        catch (Exception fault) when (!http.Response.HasStarted)
        {
            context.GetInvocationResult().Value = ToAnswer(fault, context.FunctionDefinition.Name, http);
        }
    }

    private IResult ToAnswer(Exception fault, string function, HttpContext http)
    {
        if (Find<StoreUnavailableException>(fault) is { } down)
        {
            LogStoreDown(logger, function, down.Message);
            http.Response.Headers.RetryAfter = "5";
            var nothing = HttpMethods.IsGet(http.Request.Method) ? "Nothing could be read. Ask again in a few seconds." : "Nothing was stored. Send the request again in a few seconds.";
            return Answers.Problem(StatusCodes.Status503ServiceUnavailable, "The store is not available", nothing);
        }

        if (Find<DocumentTooLargeException>(fault) is { } large)
        {
            LogTooLarge(logger, function, large.Message);
            return Answers.Problem(StatusCodes.Status413PayloadTooLarge, "What is to be stored is too large", $"{large.Message} Send less, or in parts.");
        }

        if (Find<BadHttpRequestException>(fault) is { } bad)
        {
            return Answers.Problem(bad.StatusCode, "The request could not be read", bad.Message);
        }

        LogFault(logger, fault, function);
        return Answers.Problem(StatusCodes.Status500InternalServerError, "Something went wrong", "The fault is in the log of the server.");
    }

    private static T? Find<T>(Exception? fault)
        where T : Exception
    {
        for (; fault is not null; fault = fault.InnerException)
        {
            if (fault is T found)
            {
                return found;
            }
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Function}: the store is not available: {Reason}")]
    private static partial void LogStoreDown(ILogger logger, string function, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Function}: {Reason}")]
    private static partial void LogTooLarge(ILogger logger, string function, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Function} failed")]
    private static partial void LogFault(ILogger logger, Exception fault, string function);
}
