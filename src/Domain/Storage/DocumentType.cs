namespace Nightwatch.Domain.Storage;

/// <summary>
/// How a kind of document is stored: its collection, its indexed fields, the field combinations that queries use, and how long it lives.
/// </summary>
/// <remarks>
/// Fields are the JSON property names of <typeparamref name="T"/> (camelCase), so that a store that indexes JSON itself finds the same thing.
/// An index lists equality fields first and the ordering field last.
/// </remarks>
public sealed record DocumentType<T>
    where T : class
{
    /// <summary>Collection or table name: letters and underscores.</summary>
    public required string Name { get; init; }

    public IReadOnlyList<DocumentField<T>> Fields { get; init; } = [];

    public IReadOnlyList<IReadOnlyList<string>> Indexes { get; init; } = [];

    /// <summary>When the document may be removed; null keeps it for ever.</summary>
    public Func<T, DateTimeOffset?> ExpiresAt { get; init; } = static _ => null;
}

/// <summary>An indexed field. The value is a string, long, double, bool, DateTimeOffset or null.</summary>
public sealed record DocumentField<T>(string Name, Func<T, object?> Value)
    where T : class;
