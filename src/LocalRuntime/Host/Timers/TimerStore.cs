using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.Host.Timers;

/// <summary>Timers' schedules and who runs them, in the state folder's host.db, shared by every process on that folder.</summary>
internal sealed class TimerStore(HostSettings settings) : IDisposable
{
    private readonly Lazy<SqliteGroupWriter> writer = new(() => Open(settings));

    /// <summary>Takes or renews the timer's lease. Returns the stored status when this owner holds it, null when a living other one does.</summary>
    public Task<TimerStatus?> TryLeaseAsync(string timer, string owner, DateTime now, TimeSpan length) => writer.Value.WriteAsync(session =>
    {
        session.Execute("INSERT OR IGNORE INTO timers (name, updated) VALUES ($1, $2)", timer, now.Ticks);
        var taken = session.Execute(
            "UPDATE timers SET owner = $1, lease_until = $2 WHERE name = $3 AND (owner IS NULL OR owner = $1 OR lease_until <= $4)",
            owner,
            (now + length).Ticks,
            timer,
            now.Ticks);
        return taken == 1 ? Read(session, timer) : null;
    });

    /// <summary>Stores a run's times, if the lease is still this owner's.</summary>
    public Task<bool> SaveAsync(string timer, string owner, TimerStatus status) => writer.Value.WriteAsync(session =>
        session.Execute(
            "UPDATE timers SET last = $1, next = $2, updated = $3 WHERE name = $4 AND owner = $5",
            status.Last?.Ticks,
            status.Next?.Ticks,
            status.Updated.Ticks,
            timer,
            owner) == 1);

    public Task ReleaseAsync(string owner) => writer.IsValueCreated
        ? writer.Value.WriteAsync(session => session.Execute("UPDATE timers SET owner = NULL, lease_until = NULL WHERE owner = $1", owner))
        : Task.CompletedTask;

    public void Dispose()
    {
        if (writer.IsValueCreated)
        {
            writer.Value.Dispose();
        }
    }

    private static SqliteGroupWriter Open(HostSettings settings)
    {
        Directory.CreateDirectory(settings.StateDirectory);
        var writer = new SqliteGroupWriter(Path.Combine(settings.StateDirectory, "host.db"));
        // Queued before any other work; its failure shows in the first one that needs the table.
        _ = writer.WriteAsync(session => session.Execute(
            "CREATE TABLE IF NOT EXISTS timers (name TEXT PRIMARY KEY, last INTEGER, next INTEGER, updated INTEGER NOT NULL, owner TEXT, lease_until INTEGER) WITHOUT ROWID"));
        return writer;
    }

    private static TimerStatus Read(SqliteSession session, string timer)
    {
        using var reader = session.Query("SELECT last, next, updated FROM timers WHERE name = $1", timer);
        reader.Read();
        return new TimerStatus(Time(0), Time(1), new DateTime(reader.GetInt64(2), DateTimeKind.Utc));

        DateTime? Time(int column) => reader.IsDBNull(column) ? null : new DateTime(reader.GetInt64(column), DateTimeKind.Utc);
    }
}

/// <summary>UTC. Without a last run, <see cref="Updated"/> is when the timer was first seen.</summary>
internal sealed record TimerStatus(DateTime? Last, DateTime? Next, DateTime Updated);
