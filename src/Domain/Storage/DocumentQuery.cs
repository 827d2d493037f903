namespace Nightwatch.Domain.Storage;

public enum FilterOperator
{
    Equal,
    GreaterOrEqual,
    Less,
}

/// <summary>A condition on an indexed field; the value is a string, long, double, bool or DateTimeOffset as the field declares.</summary>
public sealed record FieldFilter(string Field, FilterOperator Operator, object Value)
{
    public static FieldFilter Equal(string field, object value) => new(field, FilterOperator.Equal, value);

    public static FieldFilter AtLeast(string field, object value) => new(field, FilterOperator.GreaterOrEqual, value);

    public static FieldFilter Below(string field, object value) => new(field, FilterOperator.Less, value);
}

/// <summary>All filters must hold. Documents come ordered by <see cref="OrderBy"/> and then by id (both ascending or both descending).</summary>
public sealed record DocumentQuery
{
    public const int MaxPageSize = 1000;

    public IReadOnlyList<FieldFilter> Where { get; init; } = [];

    /// <summary>An indexed field, or null for the order of ids. Documents that have no value in it are left out.</summary>
    public string? OrderBy { get; init; }

    public bool Descending { get; init; }

    /// <summary>1 to <see cref="MaxPageSize"/>.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>
    /// From <see cref="DocumentPage{T}.ContinuationToken"/> of the page before; opaque. A token that is not ours is an <see cref="ArgumentException"/>.
    /// </summary>
    public string? ContinuationToken { get; init; }
}

/// <summary>A page is full, or the last one.</summary>
public sealed record DocumentPage<T>(IReadOnlyList<Document<T>> Documents, string? ContinuationToken)
    where T : class
{
    /// <summary>Ids of documents that would stand among these but cannot be read: they stay stored as they are.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];
}
