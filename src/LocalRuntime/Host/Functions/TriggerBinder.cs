using System.Reflection;
using Azure.Core.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nightwatch.LocalRuntime.Host.Invocation;

namespace Nightwatch.LocalRuntime.Host.Functions;

/// <summary>Turns a trigger's raw value into the parameter's type.</summary>
internal static class TriggerBinder
{
    private static readonly MethodInfo Input = typeof(TriggerBinder).GetMethod(nameof(GetInput), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static Func<FunctionInvocationContext, ValueTask<object?>> For(ParameterInfo parameter, TriggerBindingAttribute trigger) => trigger switch
    {
        ServiceBusTriggerAttribute { IsBatched: true } => invocation => new(Messages(invocation, parameter)),
        ServiceBusTriggerAttribute => invocation => new(ValueConversion.FromPayload(invocation.TriggerValue!, parameter, parameter.ParameterType, Serializer(invocation))),
        ActivityTriggerAttribute => invocation => new(ActivityInput(invocation, parameter)),
        _ => static invocation => new(invocation.TriggerValue),
    };

    public static Func<FunctionInvocationContext, ValueTask<object?>> OrchestrationInput(ParameterInfo parameter)
    {
        Func<TaskOrchestrationContext, object?>? getter = null;
        return invocation =>
        {
            getter ??= Input.MakeGenericMethod(parameter.ParameterType).CreateDelegate<Func<TaskOrchestrationContext, object?>>();
            try
            {
                return new(getter((TaskOrchestrationContext)invocation.TriggerValue!));
            }
            catch (Exception error) when (ValueConversion.IsBadJson(error))
            {
                throw new ParameterBindingException(parameter.Name!, parameter.ParameterType, error.Message, error);
            }
        };
    }

    private static object? ActivityInput(FunctionInvocationContext invocation, ParameterInfo parameter)
    {
        if (invocation.TriggerValue is string json)
        {
            return ValueConversion.FromJson(json, parameter, parameter.ParameterType, Serializer(invocation));
        }

        return parameter.HasDefaultValue ? parameter.DefaultValue : ValueConversion.Nothing(parameter);
    }

    private static Array Messages(FunctionInvocationContext invocation, ParameterInfo parameter)
    {
        var bodies = (IReadOnlyList<object>)invocation.TriggerValue!;
        var type = parameter.ParameterType.GetElementType()!;
        var messages = Array.CreateInstance(type, bodies.Count);
        for (var i = 0; i < bodies.Count; i++)
        {
            messages.SetValue(ValueConversion.FromPayload(bodies[i], parameter, type, Serializer(invocation)), i);
        }

        return messages;
    }

    private static ObjectSerializer Serializer(FunctionInvocationContext invocation) =>
        invocation.InstanceServices.GetRequiredService<IOptions<WorkerOptions>>().Value.Serializer!;

    private static object? GetInput<T>(TaskOrchestrationContext context) => context.GetInput<T>();
}
