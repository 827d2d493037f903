using System.Text.Json;
using Microsoft.Data.Sqlite;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Statements by which workers register, keep their lease, take over from the dead and share what nobody has taken.</summary>
internal static class WorkClaims
{
    private static readonly string ActivityColumns =
        $"key, execution, name, version, CASE WHEN LENGTH(input) <= {PayloadTable.InlineLength} THEN input END, tries, COALESCE(LENGTH(input) > {PayloadTable.InlineLength}, 0)";

    /// <summary>Enters a worker; its id is its lease's token and is never used again.</summary>
    public static long Register(SqliteSession session, string name, long expires) => Convert.ToInt64(
        session.Scalar("INSERT INTO workers(name, expires) VALUES($1, $2) RETURNING id", name, expires), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>False when another process has declared this worker dead: then it may claim nothing.</summary>
    public static bool IsAlive(SqliteSession session, long worker) => session.Scalar("SELECT 1 FROM workers WHERE id = $1", worker) is not null;

    /// <summary>False when another process has declared this worker dead.</summary>
    public static bool Renew(SqliteSession session, long worker, long expires) =>
        session.Execute("UPDATE workers SET expires = $2 WHERE id = $1", worker, expires) == 1;

    /// <summary>Frees the work of workers whose lease is over. True when there were any.</summary>
    public static bool TakeOver(SqliteSession session, long now, long? self)
    {
        if (session.Scalar("SELECT 1 FROM workers WHERE expires < $1 AND id <> $2 LIMIT 1", now, self ?? 0) is null)
        {
            return false;
        }

        session.Execute("DELETE FROM workers WHERE expires < $1 AND id <> $2", now, self ?? 0);
        session.Execute(
            "UPDATE instances SET owner = NULL, tries = tries + 1 WHERE pending = 1 AND owner IS NOT NULL AND owner NOT IN (SELECT id FROM workers)");
        session.Execute(
            "UPDATE activities SET owner = NULL, tries = tries + 1 WHERE owner IS NOT NULL AND owner NOT IN (SELECT id FROM workers)");
        return true;
    }

    /// <summary>Frees what a worker holds as it leaves.</summary>
    public static void Leave(SqliteSession session, long worker)
    {
        session.Execute("UPDATE instances SET owner = NULL WHERE pending = 1 AND owner = $1", worker);
        session.Execute("UPDATE activities SET owner = NULL WHERE owner = $1", worker);
        session.Execute("DELETE FROM workers WHERE id = $1", worker);
    }

    public static List<long> ClaimInstances(SqliteSession session, long worker, int limit, VersionGate versions)
    {
        List<(long Key, string? Version)> found;
        do
        {
            found = FreeInstances(session, limit, versions.Rejected);
        }
        while (versions.Remember(found.Select(instance => instance.Version).OfType<string>().Where(versions.Leaves)));

        var keys = found.Select(instance => instance.Key).ToList();

        foreach (var key in keys)
        {
            session.Execute("UPDATE instances SET owner = $2 WHERE key = $1", key, worker);
        }

        return keys;
    }

    // Versions that this engine leaves to others are passed over in the file, so that they never fill its share. What has no execution is no
    // orchestration (an entity) and has no version.
    private static List<(long Key, string? Version)> FreeInstances(SqliteSession session, int limit, IReadOnlyList<string> rejected)
    {
        const string Free = "SELECT key, CASE WHEN execution > 0 THEN version END FROM instances WHERE pending = 1 AND owner IS NULL";
        var found = new List<(long, string?)>();
        using var reader = rejected.Count == 0
            ? session.Query(Free + " ORDER BY key LIMIT $1", limit)
            : session.Query(
                Free + " AND (execution = 0 OR version NOT IN (SELECT value FROM json_each($2))) ORDER BY key LIMIT $1", limit, JsonSerializer.Serialize(rejected));
        while (reader.Read())
        {
            found.Add((reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1)));
        }

        return found;
    }

    public static List<ActivityWork> ClaimActivities(SqliteSession session, long worker, int limit)
    {
        var found = ReadActivities(session, $"SELECT {ActivityColumns} FROM activities WHERE owner IS NULL ORDER BY key LIMIT $1", limit);
        foreach (var work in found)
        {
            session.Execute("UPDATE activities SET owner = $2 WHERE key = $1", work.Key, worker);
        }

        return found;
    }

    /// <summary>Instances and activities that belong to this worker, to find what a failed commit has left behind.</summary>
    public static (List<long> Instances, List<ActivityWork> Activities) Owned(SqliteSession session, long worker)
    {
        var keys = new List<long>();
        using (var reader = session.Query("SELECT key FROM instances WHERE pending = 1 AND owner = $1", worker))
        {
            while (reader.Read())
            {
                keys.Add(reader.GetInt64(0));
            }
        }

        return (keys, ReadActivities(session, $"SELECT {ActivityColumns} FROM activities WHERE owner = $1", worker));
    }

    /// <summary>Turns timers that are due into messages, at most <paramref name="limit"/>. Returns the next due time, 0 when there is none.</summary>
    public static (Woken Woken, long Next) FireTimers(SqliteSession session, long now, long worker, int limit)
    {
        var due = new List<(long Key, long Execution, long Due)>();
        using (var reader = session.Query("SELECT key, execution, due FROM timers WHERE due <= $1 ORDER BY due LIMIT $2", now, limit))
        {
            while (reader.Read())
            {
                due.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)));
            }
        }

        var woken = new Woken();
        foreach (var timer in due)
        {
            Fire(session, timer.Key, timer.Execution, timer.Due, worker, woken);
        }

        return (woken, NextDue(session));
    }

    public static long NextDue(SqliteSession session) => session.Scalar("SELECT MIN(due) FROM timers") is long due ? due : 0;

    private static void Fire(SqliteSession session, long key, long execution, long due, long worker, Woken woken)
    {
        session.Execute("DELETE FROM timers WHERE key = $1", key);
        var instance = key >> DurableSchema.MinorBits;
        var task = (int)(key & DurableSchema.StartTimer);
        if (task != DurableSchema.StartTimer)
        {
            InstanceWriter.Send(session, instance, execution, new HistoryEvent(HistoryKind.TimerFired) { Task = task, Ticks = due }, worker, woken);
            return;
        }

        using var reader = session.Query(
            "UPDATE instances SET pending = 1, owner = COALESCE(owner, (SELECT id FROM workers WHERE id = $2)) WHERE key = $1 AND completed IS NULL RETURNING owner",
            instance, worker);
        if (reader.Read() && !reader.IsDBNull(0) && reader.GetInt64(0) == worker)
        {
            woken.Instances.Add(instance);
        }
    }

    private static List<ActivityWork> ReadActivities(SqliteSession session, string sql, object parameter)
    {
        var found = new List<ActivityWork>();
        using (var reader = session.Query(sql, parameter))
        {
            while (reader.Read())
            {
                found.Add(Read(reader));
            }
        }

        return [.. found.Select(work => work with { InstanceId = InstanceId(session, work.Instance) })];
    }

    private static string InstanceId(SqliteSession session, long key) => (string?)session.Scalar("SELECT id FROM instances WHERE key = $1", key) ?? "";

    private static ActivityWork Read(SqliteDataReader reader) => new(
        reader.GetInt64(0), reader.GetInt64(1), "", reader.GetString(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetInt64(5))
    {
        IsInputStored = reader.GetInt64(6) != 0,
    };
}
