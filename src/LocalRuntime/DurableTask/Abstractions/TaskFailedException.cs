using Nightwatch.LocalRuntime.DurableTask;

namespace Microsoft.DurableTask;

/// <summary>Thrown into an orchestrator when an activity or sub-orchestration that it awaits has failed.</summary>
public sealed class TaskFailedException : Exception
{
    public TaskFailedException(string taskName, int taskId, Exception innerException)
        : base(Text(taskName, taskId, (innerException as TaskAttemptFailedException)?.Details.ErrorMessage ?? innerException?.Message), innerException)
    {
        ArgumentNullException.ThrowIfNull(innerException);
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = TaskFailureDetails.FromException(innerException);
    }

    public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails)
        : base(Text(taskName, taskId, failureDetails?.ErrorMessage))
    {
        ArgumentNullException.ThrowIfNull(failureDetails);
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = failureDetails;
    }

    public string TaskName { get; }

    /// <summary>The position of the call among all that the orchestrator scheduled.</summary>
    public int TaskId { get; }

    public TaskFailureDetails FailureDetails { get; }

    /// <summary>True when the failed task's exception is of type <typeparamref name="T"/> itself; <see cref="TaskFailureDetails.IsCausedBy{T}"/> asks for base types too.</summary>
    public bool IsCausedByException<T>()
        where T : Exception => FailureDetails.ErrorType == typeof(T).FullName;

    // The documented form of the message; user code and dashboards read it.
    private static string Text(string name, int id, string? cause) => cause is null
        ? $"Task '{name}' (#{id}) failed with an unhandled exception."
        : $"Task '{name}' (#{id}) failed with an unhandled exception: {cause}";
}
