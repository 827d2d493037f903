using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.LocalRuntime.Host.Functions;

namespace Nightwatch.LocalRuntime.Host.Http;

internal static class HttpRoutes
{
    /// <summary>The function's own part of its route; without one, its name.</summary>
    /// <exception cref="FunctionRefusedException">The template cannot be read.</exception>
    public static RoutePattern Parse(string function, HttpTriggerAttribute trigger, string prefix = "")
    {
        var route = (trigger.Route ?? function).TrimStart('/');
        try
        {
            return RoutePatternFactory.Parse(prefix.Length == 0 ? route : $"{prefix}/{route}");
        }
        catch (RoutePatternException error)
        {
            throw new FunctionRefusedException(function, $"its route '{route}' cannot be read: {error.Message}");
        }
    }
}
