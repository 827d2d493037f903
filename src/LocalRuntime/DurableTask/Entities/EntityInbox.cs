using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Statements that leave operations for entities and wake those that can go on. All run inside a transaction of the caller.</summary>
internal static class EntityInbox
{
    /// <summary>True when an operation of the entity with key $1 can run at the time $2.</summary>
    public const string HasReady =
        """
        EXISTS(SELECT 1 FROM entities WHERE key = $1 AND (
          (lock_owner IS NULL AND (EXISTS(SELECT 1 FROM operations WHERE entity = $1 AND due IS NULL)
            OR EXISTS(SELECT 1 FROM operations WHERE entity = $1 AND due <= $2)))
          OR EXISTS(SELECT 1 FROM operations o WHERE o.caller = entities.lock_owner AND o.entity = $1 AND o.kind <> 2)))
        """;

    private const string Missing = "EntityUnavailable";

    /// <summary>
    /// Leaves an operation; the entity is made when there is none. Returns null, or why the entity was set aside: then the caller is answered at once.
    /// </summary>
    public static string? Post(SqliteSession session, string id, EntityMessage message, long now, long? worker, Woken woken)
    {
        var (key, aside, owner) = Find(session, id) ?? (Create(session, id, now), null, null);
        if (aside is not null)
        {
            Answer(session, message, Unavailable(id, aside), worker, woken);
            return aside;
        }

        session.Execute(
            "INSERT INTO operations(entity, kind, name, due, caller, caller_execution, caller_task, input) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
            key, (int)message.Kind, message.Name, message.Due, message.Caller?.Key, message.Caller?.Execution, message.Caller?.Task, message.Input);
        if (message.Due is { } due)
        {
            ArmTimer(session, key, due, woken);
        }
        else if (owner is null || owner == message.Caller?.Key)
        {
            Wake(session, key, worker, woken);
        }

        return null;
    }

    /// <summary>Sees to it that the entity is woken at a time.</summary>
    public static void ArmTimer(SqliteSession session, long key, long due, Woken woken)
    {
        session.Execute(
            "INSERT INTO timers(key, execution, due) VALUES($1, $2, $3) ON CONFLICT(key) DO UPDATE SET due = MIN(due, excluded.due)",
            DurableSchema.Key(key, DurableSchema.StartTimer), EntitySchema.Execution, due);
        woken.AddDue(due);
    }

    /// <summary>Wakes an entity if an operation of it can run.</summary>
    public static void WakeIfReady(SqliteSession session, long key, long now, long? worker, Woken woken)
    {
        if (session.Scalar("SELECT " + HasReady, key, now) is 1L)
        {
            Wake(session, key, worker, woken);
        }
    }

    /// <summary>Tells an orchestration how its call or lock request ended. Signals have nobody to tell.</summary>
    public static void Answer(SqliteSession session, EntityMessage message, HistoryEvent line, long? worker, Woken woken)
    {
        if (message.Caller is { } caller)
        {
            InstanceWriter.Send(session, caller.Key, caller.Execution, line with { Task = caller.Task }, worker, woken);
        }
    }

    /// <summary>Answers and drops all that waits for an entity that the engine cannot play.</summary>
    public static void Refuse(SqliteSession session, InstanceRecord entity, string reason, long worker, Woken woken)
    {
        foreach (var message in EntityReader.All(session, entity.Key))
        {
            Answer(session, message, Unavailable(entity.Id, reason), worker, woken);
        }

        session.Execute("DELETE FROM operations WHERE entity = $1", entity.Key);
        session.Execute("UPDATE entities SET lock_owner = NULL WHERE key = $1", entity.Key);
    }

    private static HistoryEvent Unavailable(string id, string reason) => new(HistoryKind.EntityFailed)
    {
        Failure = new TaskFailureDetails(Missing, $"Entity '{id}' is set aside. {reason}", null, null, null),
        Flag = true,
    };

    private static (long Key, string? Aside, long? Owner)? Find(SqliteSession session, string id)
    {
        using var reader = session.Query(
            "SELECT i.key, CASE WHEN i.completed IS NOT NULL THEN COALESCE(i.aside, '') END, e.lock_owner " +
            "FROM instances i LEFT JOIN entities e ON e.key = i.key WHERE i.id = $1 AND i.execution = 0",
            id);
        return reader.Read()
            ? (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetInt64(2))
            : null;
    }

    private static long Create(SqliteSession session, string id, long now)
    {
        var name = id[1..id.IndexOf('@', 1)];
        var key = (long)session.Scalar(
            """
            INSERT INTO instances(id, name, version, status, execution, turn, rows, pending, created, updated)
            VALUES($1, $2, '', $3, $4, 0, 0, 0, $5, $5) RETURNING key
            """,
            id, name, (int)OrchestrationRuntimeStatus.Running, EntitySchema.Execution, now)!;
        session.Execute("INSERT INTO entities(key) VALUES($1)", key);
        return key;
    }

    private static void Wake(SqliteSession session, long key, long? worker, Woken woken)
    {
        using var reader = session.Query(
            "UPDATE instances SET pending = 1, owner = COALESCE(owner, (SELECT id FROM workers WHERE id = $2)) WHERE key = $1 AND completed IS NULL RETURNING owner",
            key, worker);
        if (reader.Read() && !reader.IsDBNull(0) && reader.GetInt64(0) == worker)
        {
            woken.Instances.Add(key);
        }
    }
}
