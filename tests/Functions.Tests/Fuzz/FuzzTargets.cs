using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Tests.Fuzz;

/// <summary>Every HTTP function of the product, found by its attributes: a new one is fuzzed without anybody remembering to.</summary>
internal sealed record FuzzTarget(string Function, string Method, string Route)
{
    public static IReadOnlyList<FuzzTarget> All { get; } = typeof(RequiresAttribute).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .Select(method => (method.GetCustomAttribute<FunctionAttribute>()?.Name, Trigger: TriggerOf(method)))
        .Where(function => function is { Name: not null, Trigger: not null })
        .SelectMany(function => (function.Trigger!.Methods ?? ["get", "post"])
            .Select(method => new FuzzTarget(function.Name!, method.ToUpperInvariant(), (function.Trigger.Route ?? function.Name!).TrimStart('/'))))
        .OrderBy(target => target.Route, StringComparer.Ordinal).ThenBy(target => target.Method, StringComparer.Ordinal)
        .ToList();

    /// <summary>Those whose answer does not grow with the run.</summary>
    public static IReadOnlyList<FuzzTarget> Bounded { get; } = All.Where(target => !target.IsExport).ToList();

    public bool IsExport => Route.EndsWith("/export", StringComparison.Ordinal);

    private static HttpTriggerAttribute? TriggerOf(MethodInfo method) =>
        method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(trigger => trigger is not null);
}
