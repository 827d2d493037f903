using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Nightwatch.LocalRuntime.Host.Invocation;

/// <summary>The app's middleware in registration order, around the function itself.</summary>
internal sealed class FunctionPipeline
{
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware = [];
    private FunctionExecutionDelegate? entry;

    public void Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> next) => middleware.Add(next);

    public Task RunAsync(FunctionContext context) => (entry ??= Compose())(context);

    private FunctionExecutionDelegate Compose()
    {
        FunctionExecutionDelegate next = FunctionCall.RunAsync;
        for (var i = middleware.Count - 1; i >= 0; i--)
        {
            next = middleware[i](next);
        }

        return next;
    }
}
