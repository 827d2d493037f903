using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Microsoft.DurableTask.Entities;
using Nightwatch.LocalRuntime.DurableTask;

namespace Microsoft.DurableTask.Client.Entities;

/// <summary>An entity as its client sees it.</summary>
[JsonConverter(typeof(EntityMetadataJson))]
public class EntityMetadata<TState>
{
    private readonly TState? state;

    public EntityMetadata(EntityInstanceId id)
        : this(id, default)
    {
        IncludesState = false;
    }

    public EntityMetadata(EntityInstanceId id, TState? state)
    {
        Id = id == default ? throw new ArgumentException("An entity has an id.", nameof(id)) : id;
        IncludesState = state is not null;
        this.state = state;
    }

    public EntityInstanceId Id { get; }

    /// <summary>When an operation last ran.</summary>
    public DateTimeOffset LastModifiedTime { get; init; }

    /// <summary>Operations that wait: those not yet run and those that a lock holds back.</summary>
    public int BacklogQueueSize { get; init; }

    /// <summary>The instance id of the orchestration that holds the lock; null when there is none.</summary>
    public string? LockedBy { get; init; }

    [MemberNotNullWhen(true, nameof(State), nameof(state))]
    public bool IncludesState { get; }

    /// <exception cref="InvalidOperationException">The entity was fetched without its state, or has none.</exception>
    public TState State => IncludesState ? state : throw new InvalidOperationException("The entity was fetched without its state, or has none.");
}

/// <summary>An entity with its state as stored.</summary>
[JsonConverter(typeof(EntityMetadataJson))]
public sealed class EntityMetadata(EntityInstanceId id, SerializedData? state = null) : EntityMetadata<SerializedData>(id, state);
