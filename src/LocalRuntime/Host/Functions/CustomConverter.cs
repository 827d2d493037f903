using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.LocalRuntime.Host.Invocation;

namespace Nightwatch.LocalRuntime.Host.Functions;

/// <summary>Binds a parameter through the converter that its attribute names.</summary>
internal static class CustomConverter
{
    public static Func<FunctionInvocationContext, ValueTask<object?>> For(ParameterInfo parameter, Type converterType)
    {
        IInputConverter? converter = null;
        return async invocation =>
        {
            converter ??= (IInputConverter)ActivatorUtilities.GetServiceOrCreateInstance(invocation.InstanceServices, converterType);
            invocation.BindingContext.BindingData.TryGetValue(parameter.Name!, out var source);
            var result = await converter.ConvertAsync(new Conversion(parameter.ParameterType, source, invocation));
            return result.Status switch
            {
                ConversionStatus.Succeeded => result.Value,
                ConversionStatus.Failed when result.Error is ParameterBindingException or Microsoft.AspNetCore.Http.BadHttpRequestException => throw result.Error,
                ConversionStatus.Failed => throw new ParameterBindingException(parameter.Name!, parameter.ParameterType, result.Error?.Message ?? "", result.Error),
                _ => parameter.HasDefaultValue ? parameter.DefaultValue : ValueConversion.Nothing(parameter),
            };
        };
    }

    private sealed class Conversion(Type targetType, object? source, FunctionContext context) : ConverterContext
    {
        public override Type TargetType { get; } = targetType;

        public override object? Source { get; } = source;

        public override FunctionContext FunctionContext { get; } = context;

        public override IReadOnlyDictionary<string, object> Properties => ImmutableDictionary<string, object>.Empty;
    }
}
