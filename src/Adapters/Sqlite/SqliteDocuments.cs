using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Serialization;
using Nightwatch.Domain.Storage;
using Nightwatch.Sqlite;

namespace Nightwatch.Adapters.Sqlite;

/// <summary>Documents as JSON in one table per kind, with the indexed fields in columns beside them.</summary>
internal sealed class SqliteDocuments<T> : IDocuments<T>, ITableMaintenance
    where T : class
{
    private readonly SqliteStore store;
    private readonly DocumentType<T> type;
    private readonly SqliteTable<T> table;
    private readonly Lock gate = new();
    private Task? migration;

    public SqliteDocuments(SqliteStore store, DocumentType<T> type)
    {
        this.store = store;
        this.type = type;
        table = new SqliteTable<T>(type, Deserialise);
        store.Register(this);
    }

    public async Task<Document<T>?> ReadAsync(string partitionKey, string id, CancellationToken cancellationToken)
    {
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        return store.Read(session =>
        {
            using var reader = session.Query($"SELECT id, etag, body FROM {table.Name} WHERE pk = $1 AND id = $2 AND (expires IS NULL OR expires > $3)", partitionKey, id, Now());
            return !reader.Read() ? null : TryRead(partitionKey, reader, out var failure)
                ?? throw new DocumentUnreadableException($"Document '{id}' of {type.Name} is stored and cannot be read: {failure!.Message}", failure);
        });
    }

    public async Task<IReadOnlyDictionary<string, Document<T>>> ReadManyAsync(string partitionKey, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        return store.Read(session =>
        {
            var found = new Dictionary<string, Document<T>>(ids.Count, StringComparer.Ordinal);
            using var reader = session.Query(
                $"SELECT id, etag, body FROM {table.Name} WHERE pk = $1 AND id IN (SELECT value FROM json_each($2)) AND (expires IS NULL OR expires > $3)",
                partitionKey, JsonSerializer.Serialize(ids), Now());
            while (reader.Read())
            {
                if (TryRead(partitionKey, reader, out _) is { } document)
                {
                    found[document.Id] = document;
                }
            }

            return found;
        });
    }

    public async Task<WriteResult> WriteAsync(string partitionKey, DocumentWrite<T> write, CancellationToken cancellationToken) =>
        (await WriteManyAsync(partitionKey, [write], cancellationToken).ConfigureAwait(false))[0];

    public async Task<IReadOnlyList<WriteResult>> WriteManyAsync(string partitionKey, IReadOnlyList<DocumentWrite<T>> writes, CancellationToken cancellationToken)
    {
        if (writes.Count == 0)
        {
            return [];
        }

        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        // Serialised here, on the caller's thread: the writer's thread only binds and steps.
        var rows = writes.Select(w => ToRow(partitionKey, w)).ToArray();
        return await store.WriteAsync(session => Apply(session, rows)).ConfigureAwait(false);
    }

    public async Task<bool> DeleteAsync(string partitionKey, string id, string? etag, CancellationToken cancellationToken)
    {
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        return await store.WriteAsync(session =>
            session.Execute($"DELETE FROM {table.Name} WHERE pk = $1 AND id = $2 AND ($3 IS NULL OR etag = $3) AND (expires IS NULL OR expires > $4)", partitionKey, id, etag, Now()) > 0).ConfigureAwait(false);
    }

    public async Task<DocumentPage<T>> QueryAsync(string partitionKey, DocumentQuery query, CancellationToken cancellationToken)
    {
        var statement = SqliteQuery.Build(table.Name, type, partitionKey, query, Now());
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        var (documents, unreadable) = (new List<Document<T>>(), new List<string>());
        while (true)
        {
            var missing = query.PageSize - documents.Count;
            var token = store.Read(session => ReadSome(session, statement, partitionKey, missing, documents, unreadable));
            if (token is null || documents.Count == query.PageSize)
            {
                return new DocumentPage<T>(documents, token) { Unreadable = unreadable };
            }

            // In the place of those that could not be read.
            cancellationToken.ThrowIfCancellationRequested();
            statement = SqliteQuery.Build(table.Name, type, partitionKey, query with { PageSize = query.PageSize - documents.Count, ContinuationToken = token }, Now());
        }
    }

    /// <summary>Reads so many rows; the token of the last one when there are more.</summary>
    private string? ReadSome(
        SqliteSession session, (string Sql, object?[] Parameters) statement, string partitionKey, int rows, List<Document<T>> documents, List<string> unreadable)
    {
        var (lastOrder, lastId) = ((object?)null, "");
        using var reader = session.Query(statement.Sql, statement.Parameters);
        for (; rows > 0 && reader.Read(); rows--)
        {
            (lastOrder, lastId) = (reader.GetValue(3), reader.GetString(0));
            if (TryRead(partitionKey, reader, out _) is { } document)
            {
                documents.Add(document);
            }
            else
            {
                unreadable.Add(lastId);
            }
        }

        return rows == 0 && reader.Read() ? PageToken.Encode(lastOrder, lastId) : null;
    }

    public async Task<int> RemoveExpiredAsync()
    {
        await ReadyAsync(CancellationToken.None).ConfigureAwait(false);
        var removed = 0;
        while (true)
        {
            // In slices, so that other writers get their turn between two commits.
            var slice = await store.WriteAsync(session =>
                session.Execute($"DELETE FROM {table.Name} WHERE rowid IN (SELECT rowid FROM {table.Name} WHERE expires <= $1 LIMIT 500)", Now())).ConfigureAwait(false);
            removed += slice;
            if (slice < 500)
            {
                return removed;
            }
        }
    }

    private static T Deserialise(byte[] body) =>
        JsonSerializer.Deserialize<T>(body, NightwatchJson.Options) ?? throw new JsonException($"A stored {typeof(T).Name} is null.");

    /// <summary>Null when the document's body is no <typeparamref name="T"/>, which the store logs.</summary>
    private Document<T>? TryRead(string partitionKey, SqliteDataReader reader, out Exception? failure)
    {
        try
        {
            failure = null;
            return new Document<T>(partitionKey, reader.GetString(0), reader.GetString(1), Deserialise(reader.GetFieldValue<byte[]>(2)));
        }
        catch (Exception unreadable) when (UnreadableDocuments.IsOfTheDocument(unreadable))
        {
            failure = unreadable;
            store.Report(type.Name, partitionKey, reader.GetString(0), unreadable);
            return null;
        }
    }

    private static string NewETag() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    private long Now() => store.Time.GetUtcNow().UtcTicks;

    private Row ToRow(string partitionKey, DocumentWrite<T> write)
    {
        var etag = NewETag();
        var values = new List<object?>(type.Fields.Count + 7)
        {
            partitionKey, write.Id, etag, JsonSerializer.SerializeToUtf8Bytes(write.Value, NightwatchJson.Options), type.ExpiresAt(write.Value)?.UtcTicks,
        };
        values.AddRange(type.Fields.Select(f => SqliteTable<T>.ToSql(f.Value(write.Value))));
        if (write.Condition.ETag is { } expected)
        {
            values.Add(expected);
            values.Add(Now());
            return new Row(table.Replace, [.. values], etag);
        }

        if (write.Condition.RequiresAbsence)
        {
            values.Add(Now());
            return new Row(table.Create, [.. values], etag);
        }

        return new Row(table.Upsert, [.. values], etag);
    }

    private static WriteResult[] Apply(SqliteSession session, Row[] rows)
    {
        var results = new WriteResult[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            results[i] = session.Execute(rows[i].Sql, rows[i].Parameters) > 0 ? new WriteResult(true, rows[i].ETag) : WriteResult.Conflict;
        }

        return results;
    }

    private Task ReadyAsync(CancellationToken cancellationToken)
    {
        var current = Volatile.Read(ref migration);
        if (current is { IsCompletedSuccessfully: true })
        {
            return Task.CompletedTask;
        }

        lock (gate)
        {
            // A store that was down at the first try is tried again at the next call.
            if (migration is null or { IsFaulted: true })
            {
                migration = MigrateAsync();
            }

            return migration.WaitAsync(cancellationToken);
        }
    }

    private async Task MigrateAsync() => await store.WriteAsync(session =>
    {
        table.Migrate(session);
        return 0;
    }).ConfigureAwait(false);

    private sealed record Row(string Sql, object?[] Parameters, string ETag);
}
