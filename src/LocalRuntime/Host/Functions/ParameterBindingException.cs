using Microsoft.Azure.Functions.Worker;

namespace Nightwatch.LocalRuntime.Host.Functions;

/// <summary>The official exception, and beside it the name of the parameter and what is safe to tell a caller.</summary>
internal sealed class ParameterBindingException(string parameter, Type type, string reason, Exception? error)
    : FunctionInputConverterException($"Cannot convert input parameter '{parameter}' to type '{type.FullName}'. {reason}", error!)
{
    public string Parameter { get; } = parameter;

    public string Advice { get; } = $"The parameter '{parameter}' must be a {Friendly(type)}. {reason}";

    private static string Friendly(Type type) => (Nullable.GetUnderlyingType(type) ?? type).Name;
}
