using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Cosmos;

/// <summary>
/// The index keys of a kind of document: for each index that it declares one text that holds the fields and the id in their order. A query is then a
/// range of one property, whatever the fields: one range index serves it, and a new kind of document needs no new indexing policy.
/// </summary>
internal sealed class CosmosIndex<T>(DocumentType<T> type)
    where T : class
{
    private readonly Index[] indexes = [.. type.Indexes.Select(fields => new Index(string.Join('_', fields), fields))];

    public IReadOnlyList<DocumentField<T>> Fields => type.Fields;

    public string TypeName => type.Name;

    /// <summary>Name and text of each key. A document that lacks a field of an index has no key in it, since no query would find it there.</summary>
    public IEnumerable<(string Name, string Key)> KeysOf(IReadOnlyDictionary<string, string> parts, string escapedId)
    {
        foreach (var index in indexes)
        {
            if (index.Fields.All(parts.ContainsKey))
            {
                yield return (index.Name, string.Join(' ', index.Fields.Select(f => parts[f]).Append(escapedId)));
            }
        }
    }

    /// <summary>The values of the fields that the document has, as parts of keys.</summary>
    public Dictionary<string, string> PartsOf(T value)
    {
        var parts = new Dictionary<string, string>(type.Fields.Count, StringComparer.Ordinal);
        foreach (var field in type.Fields)
        {
            if (field.Value(value) is { } present)
            {
                parts[field.Name] = CosmosKey.Part(present);
            }
        }

        return parts;
    }

    /// <summary>The index that ends with the field and begins with the most of those that the query fixes.</summary>
    /// <exception cref="ArgumentException">The type declares none.</exception>
    public Index Best(string orderBy, IReadOnlyCollection<string> fixedFields)
    {
        var best = indexes.Where(i => i.Fields[^1] == orderBy && i.Fields.SkipLast(1).All(fixedFields.Contains)).MaxBy(i => i.Fields.Count);
        return best ?? throw new ArgumentException($"{type.Name} has no index that gives the order of {orderBy} for this query.", nameof(orderBy));
    }

    public void Check(string field)
    {
        if (!type.Fields.Any(f => f.Name == field))
        {
            throw new ArgumentException($"{type.Name} has no indexed field {field}.", nameof(field));
        }
    }

    /// <param name="Name">Property that holds the key.</param>
    public sealed record Index(string Name, IReadOnlyList<string> Fields);
}
