using Microsoft.DurableTask.Entities;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Checks of ids at the edges.</summary>
internal static class EntityIds
{
    /// <exception cref="ArgumentException">The id is the default value.</exception>
    public static EntityInstanceId Require(EntityInstanceId id) =>
        id == default ? throw new ArgumentException("The entity has no id.", nameof(id)) : id;

    /// <summary>True for ids of the form "@name@key", which belong to entities.</summary>
    public static bool IsEntity(string instanceId) => instanceId.StartsWith('@') && instanceId.IndexOf('@', 1) > 1;

    /// <exception cref="ArgumentException">The id has the form of an entity's.</exception>
    public static void RefuseForOrchestration(string instanceId)
    {
        if (IsEntity(instanceId))
        {
            throw new ArgumentException($"'{instanceId}' has the form of an entity's id; an orchestration needs another.", nameof(instanceId));
        }
    }
}
