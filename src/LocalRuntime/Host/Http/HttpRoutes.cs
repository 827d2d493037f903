using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.LocalRuntime.Host.Functions;

namespace Nightwatch.LocalRuntime.Host.Http;

/// <summary>Reads route templates, and refuses at the start what would otherwise fail each request.</summary>
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

    /// <exception cref="FunctionRefusedException">A parameter's constraint is not one that the router knows.</exception>
    public static void RequireKnownConstraints(string function, RoutePattern pattern, ParameterPolicyFactory policies)
    {
        foreach (var parameter in pattern.Parameters)
        {
            foreach (var policy in parameter.ParameterPolicies)
            {
                try
                {
                    policies.Create(parameter, policy);
                }
                catch (Exception error) when (error is InvalidOperationException or RouteCreationException or ArgumentException)
                {
                    throw new FunctionRefusedException(
                        function, $"the constraint '{policy.Content}' of its route's parameter '{parameter.Name}' cannot be used: {error.Message}");
                }
            }
        }
    }

    /// <summary>The same text for templates between which the router could not choose: names of parameters and the case of letters do not tell them apart.</summary>
    public static string Shape(RoutePattern pattern) => string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(Shape))));

    private static string Shape(RoutePatternPart part) => part switch
    {
        RoutePatternParameterPart parameter =>
            $"{{{(parameter.IsCatchAll ? "*" : "")}{string.Concat(parameter.ParameterPolicies.Select(policy => ":" + policy.Content).Order(StringComparer.Ordinal))}}}",
        RoutePatternLiteralPart literal => literal.Content.ToUpperInvariant(),
        RoutePatternSeparatorPart separator => separator.Content,
        _ => "",
    };
}
