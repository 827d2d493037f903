namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>A stored history cannot be read back.</summary>
internal sealed class HistoryUnreadableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>On replay the code asked for something else than history has.</summary>
internal sealed class NonDeterministicOrchestrationException(int task, string message) : Exception(message)
{
    /// <summary>The sequence number of the step that differs.</summary>
    public int Task { get; } = task;
}

/// <summary>An instance of that id exists in a status that the caller does not want replaced. Named as in DurableTask.Core, and derived as there.</summary>
internal sealed class OrchestrationAlreadyExistsException(string message) : InvalidOperationException(message);

/// <summary>What a turn was computed from is no longer what the file holds, or this process lost its lease. Nothing of the turn was stored.</summary>
internal sealed class TurnConflictException(string message) : Exception(message);

/// <summary>An instance's orchestrator function does not exist here; another attempt by its parent cannot help.</summary>
internal sealed class OrchestratorMissingException(string name) : Exception($"There is no orchestrator function named '{name}'.")
{
    /// <summary>The error type under which clients and parents see it.</summary>
    public const string ErrorType = "OrchestratorTaskNotFound";
}

/// <summary>A payload is larger than the engine takes.</summary>
internal sealed class PayloadTooLargeException(string message) : InvalidOperationException(message);
