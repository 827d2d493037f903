using Microsoft.DurableTask.Client;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Removes ended instances, a bounded number per transaction so that others are not held up.</summary>
internal static class Purge
{
    private const int Batch = 100;

    /// <summary>Returns how many instances were removed: 0 when there is none of that id or it has not ended (an entity: is locked or has work).</summary>
    public static Task<int> OneAsync(DurableStore store, string id, bool recursive) => store.WriteAsync(session =>
    {
        if (session.Scalar("SELECT key FROM instances WHERE id = $1 AND execution = 0", id) is long entity)
        {
            return EntityWriter.Delete(session, entity) ? 1 : 0;
        }

        var key = session.Scalar("SELECT key FROM instances WHERE id = $1 AND completed IS NOT NULL", id);
        return key is null ? 0 : Delete(session, (long)key, recursive);
    });

    /// <exception cref="ArgumentOutOfRangeException">The filter's timeout is not more than zero.</exception>
    public static async Task<PurgeResult> AllAsync(
        DurableStore store, TimeProvider time, PurgeInstancesFilter filter, bool recursive, CancellationToken cancellationToken)
    {
        if (filter.Timeout is { } limit && limit <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(filter), limit, "The timeout must be more than zero.");
        }

        var began = time.GetTimestamp();
        var statuses = InstanceQueries.Mask(filter.Statuses);
        var (purged, after) = (0, 0L);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = after;
            var (count, last) = await store.WriteAsync(session => DeleteSome(session, from, filter, statuses, recursive)).ConfigureAwait(false);
            purged += count;
            if (last == 0)
            {
                return new PurgeResult(purged, true);
            }

            after = last;
            if (filter.Timeout is { } most && time.GetElapsedTime(began) > most)
            {
                return new PurgeResult(purged, false);
            }
        }
    }

    private static (int Count, long Last) DeleteSome(SqliteSession session, long after, PurgeInstancesFilter filter, long? statuses, bool recursive)
    {
        var keys = new List<long>();
        using (var reader = session.Query(
            """
            SELECT key FROM instances WHERE execution > 0 AND key > $1 AND completed IS NOT NULL AND ($2 IS NULL OR created >= $2) AND ($3 IS NULL OR created <= $3)
              AND ($4 IS NULL OR ((1 << status) & $4) <> 0) ORDER BY key LIMIT $5
            """,
            after, filter.CreatedFrom?.UtcTicks, filter.CreatedTo?.UtcTicks, statuses, Batch))
        {
            while (reader.Read())
            {
                keys.Add(reader.GetInt64(0));
            }
        }

        return (keys.Sum(key => Delete(session, key, recursive)), keys.Count < Batch ? 0 : keys[^1]);
    }

    private static int Delete(SqliteSession session, long key, bool recursive)
    {
        if (session.Scalar("SELECT 1 FROM instances WHERE key = $1 AND completed IS NOT NULL", key) is null)
        {
            return 0;
        }

        var count = recursive ? Children(session, key).Sum(child => Delete(session, child, recursive)) : 0;
        InstanceWriter.Delete(session, key);
        return count + 1;
    }

    private static List<long> Children(SqliteSession session, long key)
    {
        var keys = new List<long>();
        using var reader = session.Query("SELECT key FROM instances WHERE parent = $1", key);
        while (reader.Read())
        {
            keys.Add(reader.GetInt64(0));
        }

        return keys;
    }
}
