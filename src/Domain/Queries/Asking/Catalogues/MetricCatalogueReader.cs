using System.Globalization;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Asking.Catalogues;

/// <summary>
/// Asks a source of metrics what it exposes: the metadata, how many series each metric has, and the labels of a bounded choice of series. Metrics with few
/// series are read whole, so that as many metrics as possible are known with all their labels; of the largest a sample is read. Of a histogram's buckets the
/// last is enough.
/// </summary>
internal static class MetricCatalogueReader
{
    public const int MaxSeries = 20_000;

    /// <summary>Past this many series, times before now are not counted as well, and windows are short.</summary>
    private const int LargeSource = 100_000;

    private const int SeriesOfOneRequest = 4_000;
    private const int NamesOfOneRequest = 300;
    private const int SampledMetrics = 40;
    private const int SampleSize = 100;
    private static readonly TimeSpan[] Before = [TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromHours(24)];

    public static async Task<CatalogueView<MetricCatalogue>> ReadAsync(IMetricSource source, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var notes = new List<string>();
        var metadata = await MetadataAsync(source, notes, cancellationToken).ConfigureAwait(false);
        var counts = await CountsAsync(source, now, notes, cancellationToken).ConfigureAwait(false);
        var window = new TimeWindow(now - (counts.Values.Sum() > LargeSource ? TimeSpan.FromHours(1) : TimeSpan.FromHours(24)), now);
        var series = new List<IReadOnlyDictionary<string, string>>();
        var (whole, sampled) = Choose(counts);
        foreach (var selector in Selectors(whole, counts))
        {
            await AddSeriesAsync(source, selector, window, series, notes, cancellationToken).ConfigureAwait(false);
        }

        if (counts.Count == 0)
        {
            await AddSeriesAsync(source, ("{__name__!=\"\"}", MaxSeries), window, series, notes, cancellationToken).ConfigureAwait(false);
        }

        foreach (var name in sampled.Take(SampledMetrics))
        {
            await AddSampleAsync(source, name, now, series, notes, cancellationToken).ConfigureAwait(false);
        }

        // Those whose labels nobody told are known by name all the same.
        var named = sampled.Skip(SampledMetrics).Select(n => new Dictionary<string, string> { ["__name__"] = n });
        if (sampled.Count > 0)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"of {sampled.Count} metrics with very many series not all labels are known"));
        }

        var catalogue = MetricCatalogue.Build(metadata, series.Concat(named));
        return new(catalogue, VersionOf(catalogue), now, notes);
    }

    private static async Task<IReadOnlyList<MetricMetadata>> MetadataAsync(IMetricSource source, List<string> notes, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ListMetadataAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SourceException exception) when (exception.Failure is SourceFailure.BadRequest or SourceFailure.BadAnswer)
        {
            // Some that speak PromQL have no metadata; the names tell most of it.
            notes.Add($"no metadata: {exception.Message}");
            return [];
        }
    }

    /// <summary>Series of each metric, now and within the last day; metrics without metadata are found here.</summary>
    private static async Task<Dictionary<string, double>> CountsAsync(IMetricSource source, DateTimeOffset now, List<string> notes, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var back in Before.Prepend(TimeSpan.Zero))
        {
            if (counts.Values.Sum() > LargeSource)
            {
                break;
            }

            try
            {
                var answer = await source.QueryAsync("count by (__name__) ({__name__!=\"\"})", now - back, cancellationToken).ConfigureAwait(false);
                foreach (var sample in answer.Items)
                {
                    if (sample.Labels.TryGetValue("__name__", out var name) && name.Length is > 0 and < 256)
                    {
                        counts[name] = Math.Max(counts.GetValueOrDefault(name), sample.Value);
                    }
                }
            }
            catch (SourceException exception) when (exception.Failure is SourceFailure.BadRequest or SourceFailure.BadAnswer or SourceFailure.Timeout)
            {
                notes.Add($"the series cannot be counted, so only metrics with metadata are known: {exception.Message}");
                break;
            }
        }

        return counts;
    }

    /// <summary>The metrics to read whole, those with the fewest series first, as far as the bound allows; and the others.</summary>
    private static (List<string> Whole, List<string> Sampled) Choose(Dictionary<string, double> counts)
    {
        var (whole, sampled) = (new List<string>(), new List<string>());
        var left = (double)MaxSeries;
        foreach (var (name, _) in counts.OrderBy(c => CostOf(c.Key, counts)).ThenBy(c => c.Key, StringComparer.Ordinal))
        {
            var cost = CostOf(name, counts);
            (cost <= left ? whole : sampled).Add(name);
            left -= cost <= left ? cost : 0;
        }

        return (whole, sampled);
    }

    // Histograms have about ten buckets.
    private static double CostOf(string name, Dictionary<string, double> counts) => IsBucket(name) ? Math.Ceiling(counts[name] / 5) : counts[name];

    private static bool IsBucket(string name) => name.EndsWith("_bucket", StringComparison.Ordinal);

    /// <summary>Few requests, each of a bounded number of names and series.</summary>
    private static IEnumerable<(string Selector, int Limit)> Selectors(List<string> names, Dictionary<string, double> counts)
    {
        foreach (var buckets in new[] { false, true })
        {
            var some = new List<string>();
            var series = 0.0;
            foreach (var name in names.Where(n => IsBucket(n) == buckets))
            {
                if (some.Count >= NamesOfOneRequest || (some.Count > 0 && series + CostOf(name, counts) > SeriesOfOneRequest))
                {
                    yield return (SelectorOf(some, buckets), (int)series * 2);
                    (some, series) = ([], 0);
                }

                some.Add(name);
                series += CostOf(name, counts);
            }

            if (some.Count > 0)
            {
                yield return (SelectorOf(some, buckets), (int)series * 2);
            }
        }
    }

    private static string SelectorOf(List<string> names, bool buckets)
    {
        var name = names.Count == 1
            ? new MatcherSyntax(VectorSelector.NameLabel, MatchOperator.Equal, names[0])
            : new MatcherSyntax(VectorSelector.NameLabel, MatchOperator.RegexMatch, string.Join('|', names.Select(Re2Text.Escape)));
        IReadOnlyList<MatcherSyntax> matchers = buckets ? [name, new MatcherSyntax("le", MatchOperator.Equal, "+Inf")] : [name];
        return new VectorSelector(null, [.. matchers]).ToString();
    }

    private static async Task AddSeriesAsync(
        IMetricSource source, (string Selector, int Limit) wanted, TimeWindow window, List<IReadOnlyDictionary<string, string>> series, List<string> notes, CancellationToken cancellationToken)
    {
        var room = MaxSeries - series.Count;
        if (room <= 0)
        {
            return;
        }

        try
        {
            var found = await source.FindSeriesAsync([wanted.Selector], window, Math.Min(room, Math.Max(wanted.Limit, 100)), cancellationToken).ConfigureAwait(false);
            series.AddRange(found.Items);
            notes.AddRange(found.Notes);
        }
        catch (SourceException exception) when (exception.Failure is SourceFailure.BadRequest or SourceFailure.BadAnswer)
        {
            notes.Add($"the labels of some metrics are not known: {exception.Message}");
        }
    }

    private static async Task AddSampleAsync(
        IMetricSource source, string name, DateTimeOffset now, List<IReadOnlyDictionary<string, string>> series, List<string> notes, CancellationToken cancellationToken)
    {
        series.Add(new Dictionary<string, string> { ["__name__"] = name });
        try
        {
            var query = new AggregateExpr("topk", PromQlQuery.Parse(SelectorOf([name], IsBucket(name)), PromQlDialect.V242), new NumberExpr(SampleSize)).ToString();
            series.AddRange((await source.QueryAsync(query, now, cancellationToken).ConfigureAwait(false)).Items.Select(s => s.Labels));
        }
        catch (SourceException exception) when (exception.Failure is not SourceFailure.Unavailable)
        {
            notes.Add($"the labels of {name} are not known: {exception.Message}");
        }
    }

    private static string VersionOf(MetricCatalogue catalogue) =>
        TextHash.ShortOf(string.Join('\n', catalogue.Entries.Select(e => $"{e.Name} {e.Kind} {string.Join(',', e.Labels.Order(StringComparer.Ordinal))}").Order(StringComparer.Ordinal)));
}
