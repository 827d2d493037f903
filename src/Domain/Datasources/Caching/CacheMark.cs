using System.Collections;
using System.Globalization;

namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>Says of an answer that it is an old one, which stands in for a source that cannot be reached.</summary>
public static class CacheMark
{
    /// <summary>One sentence for the person who asked.</summary>
    public static string Note(string source, DateTimeOffset storedAt) => string.Create(
        CultureInfo.InvariantCulture, $"from the cache of {storedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z: {source} cannot be reached");

    /// <summary>The note that a list carries; null for a list that the source itself just gave.</summary>
    public static string? Of<T>(IReadOnlyList<T> list) => (list as IMarked)?.Note;

    internal static IReadOnlyList<T> Mark<T>(IReadOnlyList<T> list, string note) => new MarkedList<T>(list, note);

    private interface IMarked
    {
        string Note { get; }
    }

    private sealed class MarkedList<T>(IReadOnlyList<T> list, string note) : IReadOnlyList<T>, IMarked
    {
        public string Note => note;

        public int Count => list.Count;

        public T this[int index] => list[index];

        public IEnumerator<T> GetEnumerator() => list.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
