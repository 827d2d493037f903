using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Entities;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>Orchestrators, activities and entities by name, as the worker would find them.</summary>
internal sealed class TestFunctions : IDurableInvoker
{
    private readonly ConcurrentDictionary<string, Func<TaskOrchestrationContext, Task<object?>>> orchestrators = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Func<TaskActivityContext, string?, CancellationToken, Task<object?>>> activities =
        new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Func<EntityBatch, CancellationToken, Task>> entities = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Which of several sets of functions it is.</summary>
    public string Name { get; set; } = "";

    /// <summary>What surrounds each orchestrator, as the worker's middleware does.</summary>
    public Func<Func<Task<object?>>, Task<object?>> Middleware { get; set; } = next => next();

    public TestFunctions Orchestrator<TResult>(string name, Func<TaskOrchestrationContext, Task<TResult>> body)
    {
        orchestrators[name] = async context => await body(context);
        return this;
    }

    public TestFunctions Orchestrator(string name, Func<TaskOrchestrationContext, Task> body)
    {
        orchestrators[name] = async context =>
        {
            await body(context);
            return null;
        };
        return this;
    }

    public TestFunctions Activity<TInput, TResult>(string name, Func<TInput, TResult> body) =>
        Activity<TInput, TResult>(name, (_, input, _) => Task.FromResult(body(input)));

    public TestFunctions Activity<TInput, TResult>(string name, Func<TaskActivityContext, TInput, CancellationToken, Task<TResult>> body)
    {
        activities[name] = async (context, input, cancellation) =>
            await body(context, JsonDataConverter.Default.Deserialize<TInput>(input)!, cancellation);
        return this;
    }

    public TestFunctions Entity(string name, Func<ITaskEntity> make) => EntityFunction(name, (batch, _) => batch.RunAsync(make()));

    public TestFunctions Entity(string name, Func<TaskEntityOperation, ValueTask<object?>> handler) => Entity(name, () => new HandlerEntity(handler));

    /// <summary>An entity function as a whole, which is to hand its entity to the batch.</summary>
    public TestFunctions EntityFunction(string name, Func<EntityBatch, CancellationToken, Task> function)
    {
        entities[name] = function;
        return this;
    }

    public bool HasOrchestrator(string name) => orchestrators.ContainsKey(name);

    public bool HasActivity(string name) => activities.ContainsKey(name);

    public bool HasEntity(string name) => entities.ContainsKey(name);

    public Task RunEntityAsync(string name, object entityBatch, CancellationToken cancellationToken) => entities[name]((EntityBatch)entityBatch, cancellationToken);

    public Task<object?> RunOrchestratorAsync(string name, object orchestrationContext) =>
        Middleware(() => orchestrators[name]((TaskOrchestrationContext)orchestrationContext));

    public Task<object?> RunActivityAsync(string name, object activityContext, string? serializedInput, CancellationToken cancellationToken) =>
        activities[name]((TaskActivityContext)activityContext, serializedInput, cancellationToken);

    private sealed class HandlerEntity(Func<TaskEntityOperation, ValueTask<object?>> handler) : ITaskEntity
    {
        public ValueTask<object?> RunAsync(TaskEntityOperation operation) => handler(operation);
    }
}
