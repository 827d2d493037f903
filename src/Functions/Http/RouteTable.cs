using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;

namespace Nightwatch.Functions.Http;

/// <summary>The routes and methods of all HTTP functions, read from their attributes.</summary>
public sealed class RouteTable
{
    private readonly List<(TemplateMatcher Matcher, string[] Methods)> routes = Read();

    /// <summary>The methods that a path answers to, in upper case and order; none when nothing is there.</summary>
    public IReadOnlyList<string> MethodsOf(PathString path) =>
        [.. routes.Where(route => route.Matcher.TryMatch(path, [])).SelectMany(route => route.Methods).Distinct().Order(StringComparer.Ordinal)];

    private static List<(TemplateMatcher Matcher, string[] Methods)> Read() => typeof(RouteTable).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .Where(method => method.DeclaringType != typeof(UnknownRouteApi) && method.GetCustomAttribute<FunctionAttribute>() is not null)
        .Select(method => method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(trigger => trigger is not null))
        .OfType<HttpTriggerAttribute>()
        .Where(trigger => trigger.Route is not null)
        .Select(trigger => (
            new TemplateMatcher(TemplateParser.Parse(trigger.Route!.TrimStart('/')), []),
            (trigger.Methods ?? []).Select(method => method.ToUpperInvariant()).ToArray()))
        .ToList();
}
