namespace Nightwatch.Domain.Storage;

/// <summary>A stored value with the key it lives under and the version that the store gave it.</summary>
public sealed record Document<T>(string PartitionKey, string Id, string ETag, T Value)
    where T : class;

/// <summary>
/// The one port to the store. A partition belongs to one tenant; writes are atomic per document and carry a condition; a batch is many independent
/// writes, not a transaction. A task that completes means that the write is durable (it survives power loss).
/// </summary>
/// <remarks>
/// Every member throws <see cref="StoreUnavailableException"/> when the store cannot be reached, is full or stays locked. A write of a document that is larger
/// than the store takes is a <see cref="DocumentTooLargeException"/>; then nothing of the call is stored.
/// A stored document that no longer reads as a <typeparamref name="T"/> (a newer program's value, a missing member, damage) hides no other: lists leave it out
/// and name it, and the store logs it. It is never removed or moved, since the program that wrote it may come back; it takes a write only by
/// <see cref="WriteCondition.Always"/>, so nobody who did not see it replaces it.
/// </remarks>
public interface IDocuments<T>
    where T : class
{
    /// <exception cref="DocumentUnreadableException">It exists and cannot be read.</exception>
    Task<Document<T>?> ReadAsync(string partitionKey, string id, CancellationToken cancellationToken);

    /// <summary>Reads several documents at once; ids that do not exist, or whose document cannot be read, are absent from the answer.</summary>
    Task<IReadOnlyDictionary<string, Document<T>>> ReadManyAsync(string partitionKey, IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    Task<WriteResult> WriteAsync(string partitionKey, DocumentWrite<T> write, CancellationToken cancellationToken);

    /// <summary>Writes many documents, each on its own condition; the answer has one result per write, in the same order.</summary>
    Task<IReadOnlyList<WriteResult>> WriteManyAsync(string partitionKey, IReadOnlyList<DocumentWrite<T>> writes, CancellationToken cancellationToken);

    /// <summary>Deletes a document; with an etag only that version. False when nothing was deleted.</summary>
    Task<bool> DeleteAsync(string partitionKey, string id, string? etag, CancellationToken cancellationToken);

    /// <summary>Filtered and ordered reading with stable keyset paging; its cost depends on the page, not on how much is stored.</summary>
    /// <exception cref="ArgumentException">A field that the document type does not declare, a page size out of range, or a token that is not ours.</exception>
    Task<DocumentPage<T>> QueryAsync(string partitionKey, DocumentQuery query, CancellationToken cancellationToken);
}

/// <summary>A write of one document and the condition under which it may happen.</summary>
public sealed record DocumentWrite<T>(string Id, T Value, WriteCondition Condition)
    where T : class
{
    public static DocumentWrite<T> Create(string id, T value) => new(id, value, WriteCondition.MustNotExist);

    public static DocumentWrite<T> Replace(Document<T> read, T value) => new(read.Id, value, WriteCondition.IfMatch(read.ETag));

    public static DocumentWrite<T> Upsert(string id, T value) => new(id, value, WriteCondition.Always);
}

/// <summary>The state that a document must be in for a write to happen.</summary>
public sealed record WriteCondition
{
    private WriteCondition(bool mustNotExist, string? etag)
    {
        RequiresAbsence = mustNotExist;
        ETag = etag;
    }

    public bool RequiresAbsence { get; }

    public string? ETag { get; }

    public static WriteCondition Always { get; } = new(false, null);

    public static WriteCondition MustNotExist { get; } = new(true, null);

    public static WriteCondition IfMatch(string etag) => new(false, etag);
}

/// <summary>What became of a write: <see cref="ETag"/> is the new version when <see cref="Written"/>, null on a conflict.</summary>
public readonly record struct WriteResult(bool Written, string? ETag)
{
    public static WriteResult Conflict { get; } = new(false, null);
}

/// <summary>The store cannot be reached, is full, or stays locked; the caller's work is not stored.</summary>
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException()
    {
    }

    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    public StoreUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A document is larger than the store takes. The message names the kind, the size and the limit, and shows nothing of the document.</summary>
public sealed class DocumentTooLargeException : Exception
{
    public DocumentTooLargeException()
    {
    }

    public DocumentTooLargeException(string message)
        : base(message)
    {
    }

    public DocumentTooLargeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A document exists and does not read as what its kind is now.</summary>
public sealed class DocumentUnreadableException : Exception
{
    public DocumentUnreadableException()
    {
    }

    public DocumentUnreadableException(string message)
        : base(message)
    {
    }

    public DocumentUnreadableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
