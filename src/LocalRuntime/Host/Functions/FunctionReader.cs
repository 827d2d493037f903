using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Nightwatch.LocalRuntime.Host.Functions;

/// <summary>Reads one method into a descriptor, refusing what the official generators and worker refuse.</summary>
internal static class FunctionReader
{
    public static FunctionDescriptor Read(MethodInfo method)
    {
        var name = method.GetCustomAttribute<FunctionAttribute>(inherit: false)!.Name;
        RefuseUnreachable(name, method);
        var trigger = Trigger(name, method);
        var retry = method.GetCustomAttribute<RetryAttribute>();
        if (retry is not null && trigger is not TimerTriggerAttribute)
        {
            throw new FunctionRefusedException(name, "retry attributes work on timer functions only.");
        }

        RefuseUnsupported(name, trigger);
        var outputs = OutputReader.Read(name, method, trigger);
        var parameters = ParameterReader.Read(name, method, trigger);
        return new FunctionDescriptor
        {
            Name = name,
            Method = method,
            Trigger = trigger,
            Parameters = parameters,
            Outputs = outputs,
            Retry = retry,
            Definition = Describe(name, method, parameters, outputs),
        };
    }

    public static string TypeName(BindingAttribute binding)
    {
        var name = binding.GetType().Name;
        name = name.EndsWith("OutputAttribute", StringComparison.Ordinal) ? name[..^"OutputAttribute".Length] : name[..^"Attribute".Length];
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static void RefuseUnreachable(string name, MethodInfo method)
    {
        if (string.IsNullOrWhiteSpace(name) || !char.IsAsciiLetter(name[0]) || name.Length > 127 || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not '_' and not '-'))
        {
            throw new FunctionRefusedException(name, "a name begins with a letter, and holds letters, digits, '_' and '-' only (at most 127).");
        }

        if (!method.IsPublic || !method.DeclaringType!.IsVisible)
        {
            throw new FunctionRefusedException(name, $"{method.DeclaringType!.Name}.{method.Name} and its class must be public.");
        }

        if (method.DeclaringType.IsAbstract && !method.IsStatic)
        {
            throw new FunctionRefusedException(name, $"{method.DeclaringType.Name} is abstract.");
        }

        if (method.IsGenericMethodDefinition || method.DeclaringType.ContainsGenericParameters)
        {
            throw new FunctionRefusedException(name, "a function and its class are not generic.");
        }

        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
        {
            throw new FunctionRefusedException(name, "an async function returns a task, not void.");
        }
    }

    private static TriggerBindingAttribute Trigger(string name, MethodInfo method)
    {
        var triggers = method.GetParameters().SelectMany(parameter => parameter.GetCustomAttributes<TriggerBindingAttribute>()).ToList();
        return triggers.Count == 1
            ? triggers[0]
            : throw new FunctionRefusedException(name, triggers.Count == 0 ? "it has no trigger." : "it has more than one trigger.");
    }

    private static void RefuseUnsupported(string name, TriggerBindingAttribute trigger)
    {
        switch (trigger)
        {
            case ServiceBusTriggerAttribute { QueueName: null }:
                throw new FunctionRefusedException(name, "LocalRuntime serves queues, not topics.");
            case ServiceBusTriggerAttribute { IsSessionsEnabled: true }:
                throw new FunctionRefusedException(name, "LocalRuntime serves queues without sessions.");
            case HttpTriggerAttribute or TimerTriggerAttribute or ServiceBusTriggerAttribute or OrchestrationTriggerAttribute or ActivityTriggerAttribute:
            case EntityTriggerAttribute:
                return;
            default:
                throw new FunctionRefusedException(name, $"LocalRuntime has no {trigger.GetType().Name}.");
        }
    }

    private static DescribedFunction Describe(
        string name,
        MethodInfo method,
        ImmutableArray<ParameterDescriptor> parameters,
        ImmutableArray<OutputDescriptor> outputs)
    {
        var inputs = parameters
            .Where(parameter => parameter.Info.IsDefined(typeof(BindingAttribute)))
            .ToImmutableDictionary(
                parameter => parameter.Name,
                parameter => (BindingMetadata)new DescribedBinding(parameter.Name, TypeName(parameter.Info.GetCustomAttribute<BindingAttribute>()!), BindingDirection.In));
        return new DescribedFunction(
            name,
            method,
            [.. parameters.Select(parameter => new FunctionParameter(parameter.Name, parameter.Type, parameter.Info.HasDefaultValue, parameter.Info.HasDefaultValue ? parameter.Info.DefaultValue : null))],
            inputs,
            outputs.ToImmutableDictionary(output => output.Name, output => (BindingMetadata)new DescribedBinding(output.Name, output.Type, BindingDirection.Out)));
    }
}
