using Microsoft.Data.Sqlite;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Reads an entity and what waits for it.</summary>
internal static class EntityReader
{
    private const string Columns = "seq, kind, name, input, due, caller, caller_execution, caller_task";

    /// <summary>
    /// What an entity can do now: signals that have come due first, then what was sent, in order, up to a lock request. While it is locked, only what the
    /// holder sent. Null when the worker has nothing to do there: user code runs where the commit will be accepted only.
    /// </summary>
    public static EntityWork? Load(SqliteSession session, long key, long worker, long now, int limit)
    {
        if (!Owns(session, key, worker) || InstanceRecord.Load(session, key) is not { } record)
        {
            return null;
        }

        var (state, owner) = State(session, key);
        var ready = owner is { } holder
            ? Read(session, $"SELECT {Columns} FROM operations WHERE caller = $1 AND entity = $2 ORDER BY seq LIMIT $3", holder, key, limit)
            : Unlocked(session, key, now, limit);
        var operations = ready.TakeWhile(message => message.Kind != EntityMessageKind.Lock).ToList();
        var next = ready.Count > operations.Count ? ready[operations.Count] : null;
        return new EntityWork { Record = record, State = state, Operations = operations, Lock = owner is null ? next : null };
    }

    public static List<EntityMessage> All(SqliteSession session, long key) =>
        Read(session, $"SELECT {Columns} FROM operations WHERE entity = $1 ORDER BY seq", key);

    private static bool Owns(SqliteSession session, long key, long worker) => session.Scalar(
        "SELECT 1 FROM instances i JOIN workers w ON w.id = i.owner WHERE i.key = $1 AND i.owner = $2 AND i.pending = 1 AND i.completed IS NULL",
        key, worker) is not null;

    private static (string? State, long? Owner) State(SqliteSession session, long key)
    {
        using var reader = session.Query("SELECT state, lock_owner FROM entities WHERE key = $1", key);
        return reader.Read() ? (reader.IsDBNull(0) ? null : reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetInt64(1)) : default;
    }

    private static List<EntityMessage> Unlocked(SqliteSession session, long key, long now, int limit)
    {
        var ready = Read(
            session, $"SELECT {Columns} FROM operations WHERE entity = $1 AND due <= $2 ORDER BY due, seq LIMIT $3", key, now, limit);
        if (ready.Count < limit)
        {
            ready.AddRange(Read(
                session, $"SELECT {Columns} FROM operations WHERE entity = $1 AND due IS NULL ORDER BY seq LIMIT $2", key, limit - ready.Count));
        }

        return ready;
    }

    private static List<EntityMessage> Read(SqliteSession session, string sql, params ReadOnlySpan<object?> parameters)
    {
        var found = new List<EntityMessage>();
        using var reader = session.Query(sql, parameters);
        while (reader.Read())
        {
            found.Add(Message(reader));
        }

        return found;
    }

    private static EntityMessage Message(SqliteDataReader reader) => new(
        (EntityMessageKind)reader.GetInt32(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3))
    {
        Sequence = reader.GetInt64(0),
        Due = reader.IsDBNull(4) ? null : reader.GetInt64(4),
        Caller = reader.IsDBNull(5) ? null : new EntityCaller(reader.GetInt64(5), reader.GetInt64(6), reader.GetInt32(7)),
    };
}
