using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.Host.Functions;
using Nightwatch.LocalRuntime.Host.Invocation;

namespace Nightwatch.LocalRuntime.Host.Http;

/// <summary>Serves HTTP triggers as endpoints of ASP.NET Core's router.</summary>
internal sealed partial class HttpFunctions(
    FunctionPipeline pipeline,
    InvocationTracker tracker,
    OutputDelivery outputs,
    HostSettings settings,
    ILogger<HttpFunctions> log)
{
    /// <exception cref="FunctionRefusedException">A route cannot be used, or two functions answer to the same one.</exception>
    public void Map(IEndpointRouteBuilder endpoints, FunctionCatalog catalog)
    {
        var policies = endpoints.ServiceProvider.GetRequiredService<ParameterPolicyFactory>();
        var taken = new Dictionary<(string Shape, string Method), string>();
        foreach (var function in catalog.Functions)
        {
            if (function.Trigger is HttpTriggerAttribute trigger)
            {
                var pattern = HttpRoutes.Parse(function.Name, trigger, settings.RoutePrefix);
                HttpRoutes.RequireKnownConstraints(function.Name, pattern, policies);
                string[] methods = [.. (trigger.Methods ?? []).Select(method => method.ToUpperInvariant()).Distinct()];
                Take(taken, function.Name, HttpRoutes.Shape(pattern), methods);
                var endpoint = endpoints.Map(pattern, http => InvokeAsync(http, function)).WithDisplayName(function.Name);
                if (methods.Length > 0)
                {
                    endpoint.WithMetadata(new HttpMethodMetadata(methods));
                }
            }
        }
    }

    // A function that lists methods beside one that lists none is told apart by the router.
    private static void Take(Dictionary<(string Shape, string Method), string> taken, string function, string shape, string[] methods)
    {
        foreach (var method in methods.Length > 0 ? methods : [""])
        {
            if (!taken.TryAdd((shape, method), function))
            {
                throw new FunctionRefusedException(function, $"'{taken[(shape, method)]}' has the same route and method.");
            }
        }
    }

    private async Task InvokeAsync(HttpContext http, FunctionDescriptor function)
    {
        if (tracker.IsDraining)
        {
            // Another process, or this one's successor, takes it.
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.Connection = "close";
            return;
        }

        using var running = tracker.Begin(http.RequestAborted);
        var invocation = new FunctionInvocationContext(function, http.Request, http.RequestServices, RouteData(http), running.Token);
        try
        {
            await pipeline.RunAsync(invocation);
        }
        catch (Exception error)
        {
            await FailAsync(http, invocation, error);
            return;
        }

        if (!function.Outputs.IsEmpty)
        {
            // The answer leaves first; the caller does not wait for a queue.
            await http.Response.CompleteAsync();
            outputs.DeliverLater(invocation);
        }
    }

    private async Task FailAsync(HttpContext http, FunctionInvocationContext invocation, Exception error)
    {
        var (status, title) = error switch
        {
            ParameterBindingException binding => (StatusCodes.Status400BadRequest, binding.Advice),
            BadHttpRequestException bad => (bad.StatusCode, bad.Message),
            _ => (StatusCodes.Status500InternalServerError, null),
        };
        if (http.RequestAborted.IsCancellationRequested)
        {
            // The caller left; nobody waits for an answer.
            CallerLeft(invocation.Function.Name, invocation.InvocationId, error.GetType().Name);
            return;
        }

        if (title is null)
        {
            Failed(invocation.Function.Name, invocation.InvocationId, error);
        }

        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        http.Response.StatusCode = status;
        if (title is not null)
        {
            await http.Response.WriteAsJsonAsync(new BindingProblem("about:blank", title, status, (error as ParameterBindingException)?.Parameter), options: null, "application/problem+json");
        }
    }

    private static Dictionary<string, object?> RouteData(HttpContext http)
    {
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in http.Request.RouteValues)
        {
            data[name] = Convert.ToString(value, CultureInfo.InvariantCulture);
        }

        return data;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The function {Function} failed ({InvocationId}).")]
    private partial void Failed(string function, string invocationId, Exception error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The caller of {Function} ({InvocationId}) left: {Error}.")]
    private partial void CallerLeft(string function, string invocationId, string error);

    private sealed record BindingProblem(string Type, string Title, int Status, string? Parameter);
}
