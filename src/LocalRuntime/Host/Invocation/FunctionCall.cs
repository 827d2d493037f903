using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Nightwatch.LocalRuntime.Host.Invocation;

/// <summary>
/// The innermost step: binds the parameters, makes the instance, calls the method and awaits what it returns. Nothing here leaves the caller's
/// synchronisation context, because the durable engine replays orchestrators on its own.
/// </summary>
internal static class FunctionCall
{
    public static async Task RunAsync(FunctionContext context)
    {
        var invocation = FunctionInvocationContext.Of(context);
        var function = invocation.Function;
        var arguments = await BindAsync(invocation);
        var instance = function.Factory?.Invoke(context.InstanceServices, []);
        try
        {
            var returned = function.Method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null);
            invocation.SetResult(await function.Awaiter(returned));
        }
        finally
        {
            await DisposeAsync(instance);
        }
    }

    private static async ValueTask<object?[]> BindAsync(FunctionInvocationContext invocation)
    {
        var parameters = invocation.Function.Parameters;
        var arguments = new object?[parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = await parameters[i].BindAsync(invocation);
        }

        return arguments;
    }

    private static async ValueTask DisposeAsync(object? instance)
    {
        switch (instance)
        {
            case IAsyncDisposable asynchronous:
                await asynchronous.DisposeAsync();
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }
}
