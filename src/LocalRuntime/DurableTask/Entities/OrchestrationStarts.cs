using System.Text.Json;
using Microsoft.DurableTask;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Makes the row of an orchestration that a client or an entity starts.</summary>
internal static class OrchestrationStarts
{
    /// <exception cref="ArgumentException">The name is empty, or the instance id has the form of an entity's.</exception>
    /// <exception cref="PayloadTooLargeException">The input is too large.</exception>
    public static NewInstance NewInstance(this ReplayServices services, TaskName name, object? input, StartOrchestrationOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(name.Name, nameof(name));
        var id = string.IsNullOrEmpty(options?.InstanceId) ? Guid.NewGuid().ToString("N") : options.InstanceId;
        EntityIds.RefuseForOrchestration(id);
        return new NewInstance(
            id,
            name.Name,
            options?.Version?.Version ?? services.DefaultVersion,
            services.Serialize(input, "The input"),
            options?.Tags is { Count: > 0 } tags ? JsonSerializer.Serialize(tags) : null,
            options?.StartAt?.UtcTicks,
            null);
    }
}
