using Microsoft.DurableTask.Client;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// Statements that create, replace and remove instances and leave messages for them. All run inside a transaction of the caller. A worker whose lease is
/// lost becomes nobody's owner: what it leaves is free for the others.
/// </summary>
internal static class InstanceWriter
{
    /// <summary>Stores a new instance with its start as the first row of history. Returns its key.</summary>
    public static long Create(SqliteSession session, NewInstance instance, long now, long? worker, Woken woken)
    {
        var later = instance.StartAt > now;
        using var reader = session.Query(
            """
            INSERT INTO instances(id, name, version, status, execution, turn, rows, pending, owner, created, updated, parent, parent_id, parent_name,
              parent_execution, parent_task, tags)
            VALUES($1, $2, $3, $4, 1, 0, 1, $5, (SELECT id FROM workers WHERE id = $6), $7, $7, $8, $9, $10, $11, $12, $13) RETURNING key, owner
            """,
            instance.Id, instance.Name, instance.Version, (int)OrchestrationRuntimeStatus.Pending, later ? 0 : 1, later ? null : worker, now,
            instance.Parent?.Key, instance.Parent?.Id, instance.Parent?.Name, instance.Parent?.Execution, instance.Parent?.Task, instance.Tags);
        reader.Read();
        var (key, owned) = (reader.GetInt64(0), !reader.IsDBNull(1));
        AddHistory(session, key, 0, [new HistoryEvent(HistoryKind.ExecutionStarted) { Name = instance.Name, Data = instance.Input }]);
        if (later)
        {
            AddTimer(session, key, 1, DurableSchema.StartTimer, instance.StartAt!.Value, woken);
        }
        else if (owned)
        {
            woken.Instances.Add(key);
        }

        return key;
    }

    /// <summary>Finds an orchestration.</summary>
    public static (long Key, OrchestrationRuntimeStatus Status)? Find(SqliteSession session, string id)
    {
        using var reader = session.Query("SELECT key, status FROM instances WHERE id = $1 AND execution > 0", id);
        return reader.Read() ? (reader.GetInt64(0), (OrchestrationRuntimeStatus)reader.GetInt32(1)) : null;
    }

    /// <summary>Removes an instance and all that belongs to it.</summary>
    public static void Delete(SqliteSession session, long key)
    {
        DeleteWork(session, key);
        session.Execute("DELETE FROM inbox WHERE instance = $1", key);
        session.Execute("DELETE FROM history WHERE key >= $1 AND key < $2", DurableSchema.Key(key, 0), DurableSchema.Key(key + 1, 0));
        PayloadTable.DeleteAll(session, key);
        session.Execute("DELETE FROM instances WHERE key = $1", key);
    }

    /// <summary>Removes the activities and timers that an ended execution leaves behind.</summary>
    public static void DeleteWork(SqliteSession session, long key)
    {
        session.Execute("DELETE FROM activities WHERE key >= $1 AND key < $2", DurableSchema.Key(key, 0), DurableSchema.Key(key + 1, 0));
        session.Execute("DELETE FROM timers WHERE key >= $1 AND key < $2", DurableSchema.Key(key, 0), DurableSchema.Key(key + 1, 0));
    }

    /// <summary>Returns the lines as they were stored, without long payloads.</summary>
    public static IReadOnlyList<HistoryEvent> AddHistory(SqliteSession session, long key, int row, IReadOnlyList<HistoryEvent> lines)
    {
        var stored = PayloadTable.Store(session, key, lines);
        session.Execute("INSERT INTO history(key, lines) VALUES($1, $2)", DurableSchema.Key(key, row), HistoryCodec.Write(stored));
        return stored;
    }

    public static void AddTimer(SqliteSession session, long key, long execution, int task, long due, Woken woken)
    {
        session.Execute("INSERT INTO timers(key, execution, due) VALUES($1, $2, $3)", DurableSchema.Key(key, task), execution, due);
        woken.AddDue(due);
    }

    /// <summary>Leaves a message for an instance that has not ended. Execution 0 means whichever runs. False when there is no such instance.</summary>
    public static bool Send(SqliteSession session, long key, long execution, HistoryEvent line, long? worker, Woken woken)
    {
        long? owner;
        using (var reader = session.Query(
            "UPDATE instances SET pending = 1, owner = COALESCE(owner, (SELECT id FROM workers WHERE id = $2)) WHERE key = $1 AND completed IS NULL RETURNING owner",
            key, worker))
        {
            if (!reader.Read())
            {
                return false;
            }

            owner = reader.IsDBNull(0) ? null : reader.GetInt64(0);
        }

        var stored = PayloadTable.Store(session, key, line);
        session.Execute(
            "INSERT INTO inbox(instance, execution, line, payload) VALUES($1, $2, $3, $4)",
            key, execution, HistoryCodec.Write([stored]), stored.Payload == 0 ? null : stored.Payload);
        if (owner is not null && owner == worker)
        {
            woken.Instances.Add(key);
        }

        return true;
    }
}
