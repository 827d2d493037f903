using Microsoft.DurableTask;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>One attempt at an activity or sub-orchestration failed; the context turns it into what the caller sees, after retries.</summary>
internal sealed class TaskAttemptFailedException(int taskId, TaskFailureDetails details, bool retriable) : Exception(details.ErrorMessage)
{
    public int TaskId { get; } = taskId;

    public TaskFailureDetails Details { get; } = details;

    /// <summary>False when another attempt cannot help, as with a function that does not exist.</summary>
    public bool Retriable { get; } = retriable;
}
