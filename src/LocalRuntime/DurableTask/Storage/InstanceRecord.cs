using Microsoft.Data.Sqlite;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>An instance's row.</summary>
internal sealed record InstanceRecord
{
    public const string Columns =
        "key, id, name, version, status, execution, turn, rows, created, updated, completed, parent, parent_id, parent_name, parent_execution, " +
        "parent_task, tags, custom, failure, aside, output, tries, pending, output_payload, owner";

    public required long Key { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Version { get; init; }

    public required OrchestrationRuntimeStatus Status { get; init; }

    /// <summary>Counts the runs of an instance that continues as new; messages of an older run are dropped.</summary>
    public required long Execution { get; init; }

    /// <summary>Counts all turns ever: the version that a turn's commit compares.</summary>
    public required long Turn { get; init; }

    /// <summary>Rows of history of the present execution; the first holds the start.</summary>
    public required int Rows { get; init; }

    public required long Created { get; init; }

    public required long Updated { get; init; }

    public long? Completed { get; init; }

    public ParentLink? Parent { get; init; }

    public string? Tags { get; init; }

    public string? Custom { get; init; }

    public string? Failure { get; init; }

    public string? Aside { get; init; }

    public string? Output { get; init; }

    /// <summary>Where the output lies when it is too long for the row.</summary>
    public long? OutputPayload { get; init; }

    public long Tries { get; init; }

    public bool Pending { get; init; }

    /// <summary>The worker that will see to what is pending.</summary>
    public long? Owner { get; init; }

    public bool IsEntity => Execution == EntitySchema.Execution;

    public OrchestrationIdentity Identity => new(Id, Name, Version, Parent is null ? null : new ParentOrchestrationInstance(Parent.Name, Parent.Id));

    /// <summary>An orchestration or an entity by its key.</summary>
    public static InstanceRecord? Load(SqliteSession session, long key)
    {
        using var reader = session.Query($"SELECT {Columns} FROM instances WHERE key = $1", key);
        return reader.Read() ? Read(reader) : null;
    }

    /// <summary>An orchestration by its id.</summary>
    public static InstanceRecord? Load(SqliteSession session, string id)
    {
        using var reader = session.Query($"SELECT {Columns} FROM instances WHERE id = $1 AND execution > 0", id);
        return reader.Read() ? Read(reader) : null;
    }

    public static InstanceRecord Read(SqliteDataReader reader) => new()
    {
        Key = reader.GetInt64(0),
        Id = reader.GetString(1),
        Name = reader.GetString(2),
        Version = reader.GetString(3),
        Status = (OrchestrationRuntimeStatus)reader.GetInt32(4),
        Execution = reader.GetInt64(5),
        Turn = reader.GetInt64(6),
        Rows = reader.GetInt32(7),
        Created = reader.GetInt64(8),
        Updated = reader.GetInt64(9),
        Completed = reader.IsDBNull(10) ? null : reader.GetInt64(10),
        Parent = reader.IsDBNull(11)
            ? null
            : new ParentLink(reader.GetInt64(11), reader.GetString(12), reader.GetString(13), reader.GetInt64(14), reader.GetInt32(15)),
        Tags = Text(reader, 16),
        Custom = Text(reader, 17),
        Failure = Text(reader, 18),
        Aside = Text(reader, 19),
        Output = Text(reader, 20),
        Tries = reader.GetInt64(21),
        Pending = reader.GetInt64(22) != 0,
        OutputPayload = reader.IsDBNull(23) ? null : reader.GetInt64(23),
        Owner = reader.IsDBNull(24) ? null : reader.GetInt64(24),
    };

    private static string? Text(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}

/// <summary>The call of a parent that this instance answers.</summary>
internal sealed record ParentLink(long Key, string Id, string Name, long Execution, int Task);
