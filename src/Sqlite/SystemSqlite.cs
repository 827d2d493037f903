using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Nightwatch.Sqlite;

/// <summary>Opens SQLite files through the operating system's libsqlite3, which its distributor patches, with settings that make a commit durable.</summary>
internal static class SystemSqlite
{
    /// <summary>How long a connection waits for another process's write before it reports a locked store.</summary>
    public static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Pages of the write-ahead log (4 KiB each) after which a commit copies them into the file: 32 MiB. Keys are spread over the file, so the more commits
    /// share a copy, the fewer pages it writes; what it costs is a longer log to read back after a crash.
    /// </summary>
    private const int CheckpointPages = 8000;

    private static readonly Lock Gate = new();
    private static bool initialised;

    /// <summary>Opens (and creates) a file in write-ahead mode with synchronous=FULL: a commit returns after its fsync.</summary>
    /// <exception cref="SqliteException">The file cannot be opened or is no database.</exception>
    public static SqliteConnection Open(string path)
    {
        Initialise();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = (int)BusyTimeout.TotalSeconds,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout = {(int)BusyTimeout.TotalMilliseconds}");
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, "PRAGMA synchronous = FULL");
            Execute(connection, $"PRAGMA wal_autocheckpoint = {CheckpointPages}");
            Execute(connection, "PRAGMA temp_store = MEMORY");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file that exists so that nothing of it changes, not even by a checkpoint: for looking at what may be damaged.</summary>
    /// <exception cref="SqliteException">There is no such file, it is no database, or its folder takes no files that SQLite needs beside a write-ahead log.</exception>
    public static SqliteConnection OpenToRead(string path)
    {
        Initialise();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout = {(int)BusyTimeout.TotalMilliseconds}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>True when no other connection, of this process or another, has the file open. A damaged file that cannot be asked counts as free.</summary>
    public static bool IsFree(string path)
    {
        Initialise();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        try
        {
            connection.Open();
            _ = raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
            Execute(connection, "PRAGMA busy_timeout = 200");

            // Before the first read: then SQLite takes the whole file for itself or says that it cannot.
            Execute(connection, "PRAGMA locking_mode = EXCLUSIVE");
            Execute(connection, "BEGIN EXCLUSIVE");
            Execute(connection, "ROLLBACK");
            return true;
        }
        catch (SqliteException failure)
        {
            return failure.SqliteErrorCode is not (raw.SQLITE_BUSY or raw.SQLITE_LOCKED);
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Initialise()
    {
        lock (Gate)
        {
            if (initialised)
            {
                return;
            }

            try
            {
                NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
            }
            catch (InvalidOperationException)
            {
                // This source is compiled into two assemblies; the other one was first and set the same resolver.
            }

            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            initialised = true;
        }
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3")
        {
            return IntPtr.Zero;
        }

        foreach (var candidate in new[] { "libsqlite3.so.0", "libsqlite3.dylib", "winsqlite3.dll" })
        {
            if (NativeLibrary.TryLoad(candidate, out var handle))
            {
                return handle;
            }
        }

        throw new DllNotFoundException("The system's SQLite library is missing. Install it (Debian and Ubuntu: apt-get install libsqlite3-0).");
    }
}
