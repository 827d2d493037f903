using Microsoft.DurableTask.Entities;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Checks of ids at the edges.</summary>
internal static class EntityIds
{
    /// <summary>The most characters of an id, its two '@' included.</summary>
    public const int MaxLength = 1_000;

    /// <exception cref="ArgumentException">The id is the default value or longer than <see cref="MaxLength"/>.</exception>
    public static EntityInstanceId Require(EntityInstanceId id) =>
        id == default ? throw new ArgumentException("The entity has no id.", nameof(id))
        : id.Name.Length + id.Key.Length + 2 > MaxLength ? throw new ArgumentException($"The id of an entity has at most {MaxLength} characters.", nameof(id))
        : id;

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
