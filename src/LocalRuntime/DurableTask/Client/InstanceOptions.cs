namespace Microsoft.DurableTask.Client;

/// <summary>Recursive: sub-orchestrations are terminated too.</summary>
public record TerminateInstanceOptions(object? Output = null, bool Recursive = false);

/// <summary>Recursive: sub-orchestrations are purged too.</summary>
public record PurgeInstanceOptions(bool Recursive = false);
