using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.LocalRuntime.Host.Functions;
using Nightwatch.LocalRuntime.Host.Invocation;

namespace Nightwatch.LocalRuntime.Host.Durable;

/// <summary>Runs orchestrators, activities and entities for the durable engine, through the app's middleware.</summary>
internal sealed class DurableFunctions(
    FunctionCatalog catalog,
    FunctionPipeline pipeline,
    InvocationTracker tracker,
    IServiceScopeFactory scopes) : IDurableInvoker
{
    private static readonly Dictionary<string, object?> NoData = [];

    public bool HasOrchestrator(string name) => catalog.Orchestrators.ContainsKey(name);

    public bool HasActivity(string name) => catalog.Activities.ContainsKey(name);

    public bool HasEntity(string name) => catalog.Entities.ContainsKey(name);

    /// <summary>
    /// The scope ends with the orchestrator's task. A replay that stops at a wait never ends; then nothing holds its scope and it is collected with it.
    /// </summary>
    public async Task<object?> RunOrchestratorAsync(string name, object orchestrationContext)
    {
        await using var scope = scopes.CreateAsyncScope();
        var invocation = new FunctionInvocationContext(catalog.Orchestrators[name], orchestrationContext, scope.ServiceProvider, NoData, CancellationToken.None);
        await pipeline.RunAsync(invocation);
        return invocation.Result;
    }

    public async Task<object?> RunActivityAsync(string name, object activityContext, string? serializedInput, CancellationToken cancellationToken)
    {
        using var running = tracker.Begin(cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["instanceId"] = ((TaskActivityContext)activityContext).InstanceId };
        var invocation = new FunctionInvocationContext(catalog.Activities[name], serializedInput, scope.ServiceProvider, data, running.Token);
        await pipeline.RunAsync(invocation);
        return invocation.Result;
    }

    public async Task RunEntityAsync(string name, object entityBatch, CancellationToken cancellationToken)
    {
        using var running = tracker.Begin(cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        var dispatcher = new TaskEntityDispatcher((EntityBatch)entityBatch, scope.ServiceProvider);
        await pipeline.RunAsync(new FunctionInvocationContext(catalog.Entities[name], dispatcher, scope.ServiceProvider, NoData, running.Token));
    }
}
