using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.LocalRuntime.Host.Invocation;

namespace Nightwatch.LocalRuntime.Host.Functions;

/// <summary>One function: its method, what starts it, how its parameters are bound and where its results go.</summary>
internal sealed class FunctionDescriptor
{
    private Func<object?, ValueTask<object?>>? awaiter;
    private ObjectFactory? factory;

    public required string Name { get; init; }

    public required MethodInfo Method { get; init; }

    public required TriggerBindingAttribute Trigger { get; init; }

    public required ImmutableArray<ParameterDescriptor> Parameters { get; init; }

    public required ImmutableArray<OutputDescriptor> Outputs { get; init; }

    public required FunctionDefinition Definition { get; init; }

    public RetryAttribute? Retry { get; init; }

    public ParameterDescriptor TriggerParameter => Parameters.First(parameter => parameter.Source == ParameterSource.Trigger);

    /// <summary>Makes the instance from the invocation's services; null for a static method. Made at the first call, to keep the start short.</summary>
    public ObjectFactory? Factory => Method.IsStatic ? null : factory ??= ActivatorUtilities.CreateFactory(Method.DeclaringType!, []);

    /// <summary>Turns what the method returned into its result.</summary>
    public Func<object?, ValueTask<object?>> Awaiter => awaiter ??= ResultAwaiter.For(Method.ReturnType);

    public IReadOnlyList<FunctionOutput> ReadOutputs(object? result)
    {
        if (Outputs.IsEmpty || result is null)
        {
            return [];
        }

        // A middleware or a subclass may have put another type in the result's place; then it is the answer alone.
        return Outputs[0].Property is null || Outputs[0].Property!.DeclaringType!.IsInstanceOfType(result)
            ? [.. Outputs.Select(output => new FunctionOutput(output, output.Property is null ? result : output.Property.GetValue(result)))]
            : [];
    }
}

/// <summary>The result class's property (null: the return value itself) that goes to <see cref="Binding"/>.</summary>
internal sealed record OutputDescriptor(string Name, OutputBindingAttribute Binding, PropertyInfo? Property)
{
    public string Type => Binding is HttpResultAttribute ? "http" : "serviceBus";
}

internal enum ParameterSource
{
    Trigger,
    Context,
    Cancellation,
    Service,
    Metadata,
    Converter,
    OrchestrationInput,
}

/// <summary>A parameter and how its value is found.</summary>
internal sealed class ParameterDescriptor(ParameterInfo parameter, ParameterSource source, Func<FunctionInvocationContext, ValueTask<object?>> bind)
{
    public string Name { get; } = parameter.Name ?? "";

    public Type Type { get; } = parameter.ParameterType;

    public ParameterInfo Info { get; } = parameter;

    public ParameterSource Source { get; } = source;

    public ValueTask<object?> BindAsync(FunctionInvocationContext invocation) => bind(invocation);
}

internal sealed class DescribedFunction(
    string name,
    MethodInfo method,
    ImmutableArray<FunctionParameter> parameters,
    IImmutableDictionary<string, BindingMetadata> inputs,
    IImmutableDictionary<string, BindingMetadata> outputs) : FunctionDefinition
{
    public override string Name { get; } = name;

    public override string Id { get; } = name;

    public override string EntryPoint { get; } = $"{method.DeclaringType!.FullName}.{method.Name}";

    public override string PathToAssembly => method.DeclaringType!.Assembly.Location;

    public override ImmutableArray<FunctionParameter> Parameters { get; } = parameters;

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; } = inputs;

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; } = outputs;
}

internal sealed class DescribedBinding(string name, string type, BindingDirection direction) : BindingMetadata
{
    public override string Name { get; } = name;

    public override string Type { get; } = type;

    public override BindingDirection Direction { get; } = direction;
}
