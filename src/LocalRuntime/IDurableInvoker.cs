namespace Nightwatch.LocalRuntime;

/// <summary>
/// What the durable engine needs of the worker: to run a function by name, through the worker's middleware. Names are case-insensitive. The context
/// objects are Microsoft.DurableTask's TaskOrchestrationContext and TaskActivityContext.
/// </summary>
internal interface IDurableInvoker
{
    bool HasOrchestrator(string name);

    bool HasActivity(string name);

    bool HasEntity(string name);

    /// <summary>Runs (or replays) an orchestrator; the task is the function's own, its result not yet serialised. User exceptions come out unchanged.</summary>
    Task<object?> RunOrchestratorAsync(string name, object orchestrationContext);

    /// <summary>Runs an activity with its serialised input. User exceptions come out unchanged.</summary>
    Task<object?> RunActivityAsync(string name, object activityContext, string? serializedInput, CancellationToken cancellationToken);

    /// <summary>Runs an entity function once for a batch of operations; it hands its entity to the batch (Nightwatch.LocalRuntime.DurableTask.EntityBatch).</summary>
    Task RunEntityAsync(string name, object entityBatch, CancellationToken cancellationToken);
}
