using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Removes what entities leave behind, a bounded number per transaction. In the order of keys.</summary>
internal static class EntityCleaning
{
    public const int Batch = 200;

    /// <summary>Releases orphaned locks and removes empty entities after a key. Last is 0 when there are no more to look at.</summary>
    public static (int Removed, int Released, long Last) Some(
        SqliteSession session, long after, bool removeEmpty, bool releaseLocks, long now, long? worker, Woken woken)
    {
        var keys = new List<(long Key, long? Owner)>();
        using (var reader = session.Query("SELECT key, lock_owner FROM entities WHERE key > $1 ORDER BY key LIMIT $2", after, Batch))
        {
            while (reader.Read())
            {
                keys.Add((reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1)));
            }
        }

        var (removed, released) = (0, 0);
        foreach (var (key, owner) in keys)
        {
            if (releaseLocks && owner is { } holder && IsOver(session, holder))
            {
                session.Execute("UPDATE entities SET lock_owner = NULL WHERE key = $1", key);
                EntityInbox.WakeIfReady(session, key, now, worker, woken);
                released++;
            }

            if (removeEmpty && IsEmpty(session, key) && EntityWriter.Delete(session, key))
            {
                removed++;
            }
        }

        return (removed, released, keys.Count < Batch ? 0 : keys[^1].Key);
    }

    private static bool IsOver(SqliteSession session, long owner) =>
        session.Scalar("SELECT 1 FROM instances WHERE key = $1 AND completed IS NULL", owner) is null;

    // One that was set aside stays, with its reason, until it is purged by its id.
    private static bool IsEmpty(SqliteSession session, long key) =>
        session.Scalar("SELECT 1 FROM entities e JOIN instances i ON i.key = e.key WHERE e.key = $1 AND e.state IS NULL AND i.completed IS NULL", key) is not null;
}
