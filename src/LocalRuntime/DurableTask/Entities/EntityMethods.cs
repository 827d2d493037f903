using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.DurableTask.Entities;
using Nightwatch.LocalRuntime.Host.Functions;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>The public methods of a type as entity operations. Looked up once per type, since operation names come from outside.</summary>
internal sealed class EntityMethods
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase;

    private static readonly ConcurrentDictionary<Type, EntityMethods> Known = new();

    // Null stands for a name with several methods.
    private readonly Dictionary<string, Operation?> operations = new(StringComparer.OrdinalIgnoreCase);
    private readonly Type type;

    private EntityMethods(Type type)
    {
        this.type = type;
        foreach (var name in type.GetMethods(Public).Where(IsOperation).Select(method => method.Name).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            operations.Add(name, Find(name));
        }
    }

    public static EntityMethods Of(Type type) => Known.GetOrAdd(type, static type => new EntityMethods(type));

    public bool Has(string operation) => operations.ContainsKey(operation);

    /// <exception cref="AmbiguousMatchException">The name has several methods.</exception>
    /// <exception cref="InvalidOperationException">A parameter cannot be bound.</exception>
    public ValueTask<object?> InvokeAsync(object target, TaskEntityOperation operation)
    {
        var found = operations[operation.Name] ?? throw new AmbiguousMatchException($"{type} has several methods named '{operation.Name}'.");
        var arguments = found.Parameters.Select(parameter => Bind(parameter, found.Parameters, operation)).ToArray();
        return found.Awaiter(found.Method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null));
    }

    // What every object has, accessors and the entry point itself are no operations.
    private static bool IsOperation(MethodInfo method) =>
        !method.IsSpecialName && !method.ContainsGenericParameters && method.GetBaseDefinition().DeclaringType != typeof(object) &&
        !(method.Name == nameof(ITaskEntity.RunAsync) && method.GetParameters() is [{ ParameterType: var only }] && only == typeof(TaskEntityOperation));

    private Operation? Find(string name)
    {
        try
        {
            var method = type.GetMethod(name, Public)!;
            return new Operation(method, method.GetParameters(), ResultAwaiter.For(method.ReturnType));
        }
        catch (AmbiguousMatchException)
        {
            return null;
        }
    }

    private static object? Bind(ParameterInfo parameter, ParameterInfo[] all, TaskEntityOperation operation)
    {
        if (all.Any(other => other.Position < parameter.Position && Source(other) == Source(parameter)))
        {
            throw new InvalidOperationException($"Operation '{operation}': another parameter of '{parameter.Member}' binds the same as '{parameter.Name}'.");
        }

        return Source(parameter) switch
        {
            ParameterSource.Context => operation.Context,
            ParameterSource.Operation => operation,
            _ when operation.HasInput => operation.GetInput(parameter.ParameterType),
            _ when parameter.HasDefaultValue => parameter.DefaultValue,
            _ => throw new InvalidOperationException($"Operation '{operation}' has no input, and the parameter '{parameter.Name}' of '{parameter.Member}' needs one."),
        };
    }

    private static ParameterSource Source(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(TaskEntityContext) ? ParameterSource.Context
        : parameter.ParameterType == typeof(TaskEntityOperation) ? ParameterSource.Operation
        : ParameterSource.Input;

    private enum ParameterSource
    {
        Context,
        Operation,
        Input,
    }

    private sealed record Operation(MethodInfo Method, ParameterInfo[] Parameters, Func<object?, ValueTask<object?>> Awaiter);
}
