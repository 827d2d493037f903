using System.Text.Json;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// Locks of entities. A request goes from one entity to the next in one order for all, so that no two orchestrations wait for each other; the last entity
/// answers. The statements run inside a transaction of the caller.
/// </summary>
internal static class EntityLocks
{
    public static string WriteIds(IEnumerable<string> ids) => JsonSerializer.Serialize(ids);

    public static string[] ReadIds(string text) => JsonSerializer.Deserialize<string[]>(text) ?? [];

    /// <summary>Locks an entity and hands the request on.</summary>
    public static void Grant(SqliteSession session, InstanceRecord entity, EntityMessage request, long now, long worker, Woken woken)
    {
        if (session.Execute("UPDATE entities SET lock_owner = $2 WHERE key = $1 AND lock_owner IS NULL", entity.Key, request.Caller!.Key) != 1)
        {
            throw new TurnConflictException("The entity was locked by another turn.");
        }

        var ids = ReadIds(request.Input!);
        var next = Array.IndexOf(ids, entity.Id) + 1;
        if (next < ids.Length)
        {
            EntityInbox.Post(session, ids[next], request, now, worker, woken);
        }
        else
        {
            EntityInbox.Answer(session, request, new HistoryEvent(HistoryKind.EntityLocked), worker, woken);
        }
    }

    /// <summary>Releases all that an orchestration holds; an orchestration has one critical section at a time.</summary>
    public static void Release(SqliteSession session, long owner, long now, long? worker, Woken woken)
    {
        var keys = new List<long>();
        using (var reader = session.Query("SELECT key FROM entities WHERE lock_owner = $1", owner))
        {
            while (reader.Read())
            {
                keys.Add(reader.GetInt64(0));
            }
        }

        foreach (var key in keys)
        {
            session.Execute("UPDATE entities SET lock_owner = NULL WHERE key = $1", key);
            EntityInbox.WakeIfReady(session, key, now, worker, woken);
        }
    }

    /// <summary>At the end of an execution: releases what it holds and withdraws what it still asks for.</summary>
    public static void End(SqliteSession session, long owner, long now, long? worker, Woken woken)
    {
        session.Execute("DELETE FROM operations WHERE caller = $1 AND kind = $2", owner, (int)EntityMessageKind.Lock);
        Release(session, owner, now, worker, woken);
    }
}
