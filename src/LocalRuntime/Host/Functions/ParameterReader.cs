using System.Collections.Immutable;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.Host.Http;

namespace Nightwatch.LocalRuntime.Host.Functions;

/// <summary>Decides for each parameter where its value comes from, and refuses one that nothing fills.</summary>
internal static class ParameterReader
{
    private static readonly string[] MessageMetadata =
        ["MessageId", "DeliveryCount", "EnqueuedTimeUtc", "MessageIdArray", "DeliveryCountArray", "EnqueuedTimeUtcArray"];

    public static ImmutableArray<ParameterDescriptor> Read(string function, MethodInfo method, TriggerBindingAttribute trigger)
    {
        var named = NamedValues(function, trigger);
        var parameters = method.GetParameters().Select(parameter => Read(function, parameter, trigger, named)).ToImmutableArray();
        return parameters.Count(parameter => parameter.Source == ParameterSource.OrchestrationInput) > 1
            ? throw new FunctionRefusedException(function, "an orchestrator binds its context and at most one input.")
            : parameters;
    }

    private static ParameterDescriptor Read(string function, ParameterInfo parameter, TriggerBindingAttribute trigger, HashSet<string> named)
    {
        if (parameter.ParameterType.IsByRef)
        {
            throw new FunctionRefusedException(function, $"the parameter '{parameter.Name}' is passed by reference.");
        }

        if (parameter.IsDefined(typeof(BindingAttribute)))
        {
            return Bound(function, parameter, trigger);
        }

        if (parameter.ParameterType == typeof(FunctionContext))
        {
            return new ParameterDescriptor(parameter, ParameterSource.Context, static invocation => new(invocation));
        }

        if (trigger is OrchestrationTriggerAttribute)
        {
            return OrchestrationInput(function, parameter);
        }

        if (parameter.ParameterType == typeof(CancellationToken))
        {
            return new ParameterDescriptor(parameter, ParameterSource.Cancellation, static invocation => new(invocation.CancellationToken));
        }

        if (parameter.GetCustomAttribute<InputConverterAttribute>() is { } converter)
        {
            return new ParameterDescriptor(parameter, ParameterSource.Converter, CustomConverter.For(parameter, converter.ConverterType));
        }

        return named.Contains(parameter.Name!)
            ? new ParameterDescriptor(parameter, ParameterSource.Metadata, invocation => new(ValueConversion.FromMetadata(invocation, parameter)))
            : throw new FunctionRefusedException(function, $"nothing binds the parameter '{parameter.Name}'.");
    }

    private static ParameterDescriptor Bound(string function, ParameterInfo parameter, TriggerBindingAttribute trigger)
    {
        switch (parameter.GetCustomAttribute<BindingAttribute>())
        {
            case TriggerBindingAttribute:
                RefuseTriggerType(function, parameter, trigger);
                return new ParameterDescriptor(parameter, ParameterSource.Trigger, TriggerBinder.For(parameter, trigger));
            case DurableClientAttribute when trigger is OrchestrationTriggerAttribute:
                throw new FunctionRefusedException(function, $"an orchestrator has no bindings but its context; '{parameter.Name}' is one.");
            case DurableClientAttribute when parameter.ParameterType == typeof(DurableTaskClient):
                return new ParameterDescriptor(parameter, ParameterSource.Service, static invocation => new(invocation.InstanceServices.GetService(typeof(DurableTaskClient))));
            case DurableClientAttribute:
                throw new FunctionRefusedException(function, $"the durable client '{parameter.Name}' must be a DurableTaskClient.");
            case { } other:
                throw new FunctionRefusedException(function, $"LocalRuntime has no {other.GetType().Name}.");
            default:
                throw new FunctionRefusedException(function, $"nothing binds the parameter '{parameter.Name}'.");
        }
    }

    private static ParameterDescriptor OrchestrationInput(string function, ParameterInfo parameter)
    {
        if (parameter.ParameterType == typeof(CancellationToken) || parameter.IsDefined(typeof(InputConverterAttribute)))
        {
            throw new FunctionRefusedException(function, $"an orchestrator binds its context and its input only; '{parameter.Name}' is neither.");
        }

        return new ParameterDescriptor(parameter, ParameterSource.OrchestrationInput, TriggerBinder.OrchestrationInput(parameter));
    }

    private static void RefuseTriggerType(string function, ParameterInfo parameter, TriggerBindingAttribute trigger)
    {
        var type = parameter.ParameterType;
        var expected = trigger switch
        {
            HttpTriggerAttribute when type != typeof(HttpRequest) => "an HttpRequest",
            TimerTriggerAttribute when type != typeof(TimerInfo) => "a TimerInfo",
            OrchestrationTriggerAttribute when type != typeof(TaskOrchestrationContext) => "a TaskOrchestrationContext",
            EntityTriggerAttribute when type != typeof(TaskEntityDispatcher) => "a TaskEntityDispatcher",
            ActivityTriggerAttribute when typeof(TaskActivityContext).IsAssignableFrom(type) => "the activity's input",
            ServiceBusTriggerAttribute { IsBatched: true } when !type.IsArray || type == typeof(byte[]) => "an array, because it is batched",
            _ => null,
        };
        if (expected is not null)
        {
            throw new FunctionRefusedException(function, $"the trigger's parameter '{parameter.Name}' must be {expected}.");
        }
    }

    /// <summary>The names that the trigger's metadata fills.</summary>
    private static HashSet<string> NamedValues(string function, TriggerBindingAttribute trigger)
    {
        IEnumerable<string> names = trigger switch
        {
            HttpTriggerAttribute http => HttpRoutes.Parse(function, http).Parameters.Select(parameter => parameter.Name),
            ServiceBusTriggerAttribute => MessageMetadata,
            ActivityTriggerAttribute => ["instanceId"],
            _ => [],
        };
        return names.ToHashSet(StringComparer.OrdinalIgnoreCase);
    }
}
