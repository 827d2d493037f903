using System.Reflection;

namespace Nightwatch.LocalRuntime.Host.Functions;

/// <summary>Awaits what a function returned, whatever its kind of task, and gives its result.</summary>
internal static class ResultAwaiter
{
    private static readonly MethodInfo OfTask = typeof(ResultAwaiter).GetMethod(nameof(AwaitTask), BindingFlags.NonPublic | BindingFlags.Static)!;
    private static readonly MethodInfo OfValueTask = typeof(ResultAwaiter).GetMethod(nameof(AwaitValueTask), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static Func<object?, ValueTask<object?>> For(Type returnType)
    {
        if (returnType == typeof(Task))
        {
            return async task =>
            {
                await (Task)task!;
                return null;
            };
        }

        if (returnType == typeof(ValueTask))
        {
            return async task =>
            {
                await (ValueTask)task!;
                return null;
            };
        }

        if (returnType.IsGenericType && returnType.GetGenericTypeDefinition() is var kind && (kind == typeof(Task<>) || kind == typeof(ValueTask<>)))
        {
            return (kind == typeof(Task<>) ? OfTask : OfValueTask).MakeGenericMethod(returnType.GenericTypeArguments[0])
                .CreateDelegate<Func<object?, ValueTask<object?>>>();
        }

        return ValueTask.FromResult;
    }

    /// <summary>The type of the result itself; void for none.</summary>
    public static Type ResultType(Type returnType) =>
        returnType == typeof(Task) || returnType == typeof(ValueTask) ? typeof(void)
        : returnType.IsGenericType && returnType.GetGenericTypeDefinition() is var kind && (kind == typeof(Task<>) || kind == typeof(ValueTask<>))
            ? returnType.GenericTypeArguments[0]
            : returnType;

    private static async ValueTask<object?> AwaitTask<T>(object? task) => await (Task<T>)task!;

    private static async ValueTask<object?> AwaitValueTask<T>(object? task) => await (ValueTask<T>)task!;
}
