using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Caching;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Queries.Catalogue;

namespace Nightwatch.Domain.Queries.Asking.Catalogues;

/// <summary>Asks a source of logs for its labels and their values of the last day.</summary>
internal static class LogCatalogueReader
{
    public const int MaxLabels = 60;
    public const int MaxValues = 2_000;
    private const int Parallel = 4;
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    public static async Task<CatalogueView<LogCatalogue>> ReadAsync(ILogSource source, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var window = new TimeWindow(now - Window, now);
        var all = await source.ListLabelsAsync(window, cancellationToken).ConfigureAwait(false);
        if (CacheMark.Of(all) is { } old)
        {
            // What is old stays so: the catalogue that is there is served, and says it.
            throw new SourceException(SourceFailure.Unavailable, source.Name, old);
        }

        // Loki's own labels (__stream_shard__) say nothing of what logs.
        var labels = all.Where(l => l.Length is > 0 and < 128 && !l.StartsWith("__", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var values = new Dictionary<string, IReadOnlyCollection<string>>(StringComparer.Ordinal);
        var notes = new List<string>();
        if (labels.Count > MaxLabels)
        {
            notes.Add($"only {MaxLabels} of {labels.Count} labels of the logs are known");
            labels.RemoveRange(MaxLabels, labels.Count - MaxLabels);
        }

        foreach (var some in labels.Chunk(Parallel))
        {
            var read = await Task.WhenAll(some.Select(l => ValuesAsync(source, l, window, cancellationToken))).ConfigureAwait(false);
            foreach (var (label, of) in some.Zip(read))
            {
                values[label] = of;
                if (of.Count == 0)
                {
                    notes.Add($"the values of the label {label} are not known");
                }
            }
        }

        return new(LogCatalogue.Build(values), TextHash.ShortOf(string.Join('\n', values.Keys)), now, notes);
    }

    /// <summary>One label that cannot be told does not spoil the others.</summary>
    private static async Task<IReadOnlyList<string>> ValuesAsync(ILogSource source, string label, TimeWindow window, CancellationToken cancellationToken)
    {
        try
        {
            var values = await source.ListLabelValuesAsync(label, window, cancellationToken).ConfigureAwait(false);
            return [.. values.Where(v => v.Length is > 0 and < 256).Take(MaxValues)];
        }
        catch (SourceException)
        {
            return [];
        }
    }
}
