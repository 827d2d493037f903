using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Storage;
using Nightwatch.Sqlite;

namespace Nightwatch.Adapters.Sqlite;

/// <summary>The embedded store: one SQLite file that several processes of one machine share. Opened on first use; its schema is brought up to date then.</summary>
public sealed class SqliteStore(IOptions<SqliteStoreOptions> options, TimeProvider time, ILogger<SqliteStore>? log = null) : IDocumentStore, IStoreMaintenance, IDisposable
{
    /// <summary>Raised when the layout of the file itself changes; a file from a newer program is refused, never altered.</summary>
    internal const int SchemaVersion = 1;

    private readonly UnreadableDocuments unreadable = new(log ?? NullLogger<SqliteStore>.Instance);
    private readonly Lock gate = new();
    private readonly List<ITableMaintenance> tables = [];
    private SqliteGroupWriter? writer;
    private SqliteReaders? readers;
    private bool disposed;

    internal TimeProvider Time => time;

    public IDocuments<T> Open<T>(DocumentType<T> type)
        where T : class => new SqliteDocuments<T>(this, type);

    public Task CheckAsync(CancellationToken cancellationToken) => WriteAsync(session =>
    {
        session.Execute("INSERT INTO store_meta(key, value) VALUES ('checked_at', $1) ON CONFLICT(key) DO UPDATE SET value = excluded.value", time.GetUtcNow().ToString("O"));
        return 0;
    });

    public async Task<int> RemoveExpiredAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var table in Tables())
        {
            cancellationToken.ThrowIfCancellationRequested();
            removed += await table.RemoveExpiredAsync().ConfigureAwait(false);
        }

        return removed;
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            writer?.Dispose();
            readers?.Dispose();
            writer = null;
            readers = null;
        }
    }

    internal void Register(ITableMaintenance table)
    {
        lock (gate)
        {
            tables.Add(table);
        }
    }

    internal async Task<TResult> WriteAsync<TResult>(Func<SqliteSession, TResult> work)
    {
        try
        {
            return await Open().Writer.WriteAsync(work).ConfigureAwait(false);
        }
        catch (SqliteException failure) when (IsOutage(failure))
        {
            throw Unavailable(failure);
        }
    }

    internal TResult Read<TResult>(Func<SqliteSession, TResult> read)
    {
        try
        {
            return Open().Readers.Read(read);
        }
        catch (SqliteException failure) when (IsOutage(failure))
        {
            throw Unavailable(failure);
        }
    }

    internal void Report(string kind, string partitionKey, string id, Exception failure) => unreadable.Report(kind, partitionKey, id, failure);

    private ITableMaintenance[] Tables()
    {
        lock (gate)
        {
            return [.. tables];
        }
    }

    private (SqliteGroupWriter Writer, SqliteReaders Readers) Open()
    {
        var (openWriter, openReaders) = (Volatile.Read(ref writer), Volatile.Read(ref readers));
        if (openWriter is not null && openReaders is not null)
        {
            return (openWriter, openReaders);
        }

        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (writer is null || readers is null)
            {
                var file = PrepareFile();
                readers = new SqliteReaders(file);
                Volatile.Write(ref writer, new SqliteGroupWriter(file));
            }

            return (writer, readers);
        }
    }

    private string PrepareFile()
    {
        try
        {
            System.IO.Directory.CreateDirectory(options.Value.Directory);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The store's folder {options.Value.Directory} cannot be created: {failure.Message}", failure);
        }

        using var session = SqliteSession.Open(options.Value.File);
        session.Execute("BEGIN IMMEDIATE");
        session.Execute("CREATE TABLE IF NOT EXISTS store_meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
        session.Execute("INSERT OR IGNORE INTO store_meta(key, value) VALUES ('schema_version', $1)", SchemaVersion.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var version = int.Parse((string)session.Scalar("SELECT value FROM store_meta WHERE key = 'schema_version'")!, System.Globalization.CultureInfo.InvariantCulture);
        session.Execute("COMMIT");
        if (version > SchemaVersion)
        {
            throw new StoreUnavailableException($"{options.Value.File} was written by a newer Nightwatch (schema {version}, this one knows {SchemaVersion}). Run that version, or restore an older copy.");
        }

        return options.Value.File;
    }

    /// <summary>Busy, locked, read-only, I/O error, damaged, full, cannot open, not a database: the store's trouble, not the caller's.</summary>
    private static bool IsOutage(SqliteException failure) => failure.SqliteErrorCode is 5 or 6 or 8 or 10 or 11 or 13 or 14 or 26;

    private StoreUnavailableException Unavailable(SqliteException failure) =>
        new($"The store {options.Value.File} is not usable: {failure.Message}", failure);
}

/// <summary>What every table can do for the store's upkeep.</summary>
internal interface ITableMaintenance
{
    Task<int> RemoveExpiredAsync();
}
