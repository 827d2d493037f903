namespace Microsoft.DurableTask.Client;

/// <summary>Which finished orchestrations to purge; what is null does not filter.</summary>
public record PurgeInstancesFilter(
    DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedTo = null, IEnumerable<OrchestrationRuntimeStatus>? Statuses = null)
{
    /// <summary>The longest time one call may take; more than zero.</summary>
    public TimeSpan? Timeout { get; init; }
}
