namespace Nightwatch.Domain.Queries.Catalogue;

/// <summary>The stream labels that a source of logs exposes, with their values.</summary>
public sealed class LogCatalogue
{
    private readonly Dictionary<string, HashSet<string>> values;

    private LogCatalogue(Dictionary<string, HashSet<string>> values, LabelNames names) => (this.values, Names) = (values, names);

    public static LogCatalogue Empty { get; } = Build(new Dictionary<string, IReadOnlyCollection<string>>());

    public IEnumerable<string> Labels => values.Keys;

    internal LabelNames Names { get; }

    public static LogCatalogue Build(IReadOnlyDictionary<string, IReadOnlyCollection<string>> labels)
    {
        var names = new LabelNames();
        var values = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var (label, of) in labels)
        {
            values[label] = new HashSet<string>(of, StringComparer.Ordinal);
            foreach (var value in of)
            {
                names.Add(label, value);
            }
        }

        return new LogCatalogue(values, names.Freeze());
    }

    public bool Has(string label) => values.ContainsKey(label);

    public IReadOnlySet<string> Values(string label) => values.TryGetValue(label, out var of) ? of : Nothing;

    private static readonly HashSet<string> Nothing = [];
}
