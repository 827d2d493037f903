using System.Collections.Immutable;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Nightwatch.LocalRuntime.Host.Functions;

/// <summary>Where a function's result goes: nowhere, to the HTTP answer, to a queue, or to several of these through a result class.</summary>
internal static class OutputReader
{
    public static ImmutableArray<OutputDescriptor> Read(string name, MethodInfo method, TriggerBindingAttribute trigger)
    {
        var result = ResultAwaiter.ResultType(method.ReturnType);
        var ofMethod = method.GetCustomAttributes<OutputBindingAttribute>().ToList();
        var ofProperties = Properties(name, result);
        RefuseMisplaced(name, trigger, result, ofMethod, ofProperties);
        var outputs = ofMethod.Count == 1 ? [new OutputDescriptor("$return", ofMethod[0], null)] : ofProperties;
        foreach (var output in outputs)
        {
            RefuseUnsupported(name, output.Binding);
        }

        return outputs;
    }

    private static ImmutableArray<OutputDescriptor> Properties(string name, Type result)
    {
        if (result == typeof(void) || result.IsPrimitive || result == typeof(string))
        {
            return [];
        }

        var outputs = ImmutableArray.CreateBuilder<OutputDescriptor>();
        foreach (var property in result.GetProperties())
        {
            var bindings = property.GetCustomAttributes<OutputBindingAttribute>().ToList();
            if (bindings.Count > 1)
            {
                throw new FunctionRefusedException(name, $"the property {result.Name}.{property.Name} has more than one output binding.");
            }

            if (bindings.Count == 1)
            {
                outputs.Add(new OutputDescriptor(property.Name, bindings[0], property));
            }
        }

        return outputs.ToImmutable();
    }

    private static void RefuseMisplaced(
        string name,
        TriggerBindingAttribute trigger,
        Type result,
        List<OutputBindingAttribute> ofMethod,
        ImmutableArray<OutputDescriptor> ofProperties)
    {
        var http = ofProperties.Count(output => output.Binding is HttpResultAttribute);
        var reason = trigger switch
        {
            _ when ofMethod.Count > 1 => "a method has at most one output binding; return a class with a property for each.",
            _ when ofMethod.Count == 1 && ofProperties.Length > 0 => "output bindings are on the method or on its result's properties, not on both.",
            OrchestrationTriggerAttribute or ActivityTriggerAttribute or EntityTriggerAttribute when ofMethod.Count + ofProperties.Length > 0 =>
                "an orchestrator, an activity or an entity has no output bindings here; its result goes to its caller.",
            HttpTriggerAttribute when ofMethod.Count > 0 => "an HTTP function with outputs returns a class with an [HttpResult] property.",
            HttpTriggerAttribute when http > 1 => "more than one property is an [HttpResult].",
            HttpTriggerAttribute when ofProperties.Length > 0 && http == 0 => $"{result.Name} has output bindings but no [HttpResult] property.",
            HttpTriggerAttribute when ofProperties.Length == 0 && !Answers(result) =>
                $"the official worker answers 200 without a body to a {result.Name}. Return an IActionResult or an IResult.",
            not HttpTriggerAttribute when http > 0 => "only an HTTP function has an [HttpResult].",
            _ => null,
        };
        if (reason is not null)
        {
            throw new FunctionRefusedException(name, reason);
        }
    }

    /// <summary>What the official ASP.NET Core integration writes, or may write, as the answer.</summary>
    private static bool Answers(Type result) =>
        result == typeof(void) || result == typeof(object) || typeof(IActionResult).IsAssignableFrom(result) || typeof(IResult).IsAssignableFrom(result);

    private static void RefuseUnsupported(string name, OutputBindingAttribute binding)
    {
        switch (binding)
        {
            case ServiceBusOutputAttribute { EntityType: ServiceBusEntityType.Topic }:
                throw new FunctionRefusedException(name, "LocalRuntime serves queues, not topics.");
            case HttpResultAttribute or ServiceBusOutputAttribute:
                return;
            default:
                throw new FunctionRefusedException(name, $"LocalRuntime has no {binding.GetType().Name}.");
        }
    }
}
