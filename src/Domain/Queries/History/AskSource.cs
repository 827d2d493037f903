using System.Globalization;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Queries.History;

/// <summary>
/// Asks a source for several queries side by side, a few at a time, each through the guard with what the reach forces. One that fails carries its own error. A
/// window that is longer than a query may be is asked in parts, and the parts are put together: each point depends on its own time alone.
/// </summary>
internal sealed class AskSource(HistoryTimes times, QueryLimits limits) : IDisposable
{
    /// <summary>Queries of one question that a source is asked at once.</summary>
    public const int Parallel = 4;

    private readonly SemaphoreSlim free = new(Parallel);

    public void Dispose() => free.Dispose();

    public Task<AskedSeries[]> RangesAsync(
        ApplicationReach<IMetricSource> reach, Caller caller, IEnumerable<string> queries, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) =>
        Task.WhenAll(queries.Select(q => RangeAsync(reach, caller, q, window, step, cancellationToken)));

    public Task<AskedSeries> RangeAsync(
        ApplicationReach<IMetricSource> reach, Caller caller, string query, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) => AskAsync(
        reach.Policy,
        QueryLanguage.PromQl,
        query,
        reach.Source,
        caller,
        window,
        step,
        reach.Source.LinkTo,
        (text, part) => reach.Source.QueryRangeAsync(text, part, step, cancellationToken),
        cancellationToken);

    public Task<AskedSeries> LogRangeAsync(
        ApplicationReach<ILogSource> reach, Caller caller, string query, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) => AskAsync(
        reach.Policy,
        QueryLanguage.LogQl,
        query,
        reach.Source,
        caller,
        window,
        step,
        reach.Source.LinkTo,
        (text, part) => reach.Source.QuerySeriesAsync(text, part, step, cancellationToken),
        cancellationToken);

    /// <summary>Samples at one time, as series of one point.</summary>
    public Task<AskedSeries> MomentAsync(ApplicationReach<IMetricSource> reach, Caller caller, string query, DateTimeOffset at, CancellationToken cancellationToken) => AskAsync(
        reach.Policy,
        QueryLanguage.PromQl,
        query,
        reach.Source,
        caller,
        new TimeWindow(at, at),
        null,
        reach.Source.LinkTo,
        async (text, _) => Series(await reach.Source.QueryAsync(text, at, cancellationToken).ConfigureAwait(false)),
        cancellationToken);

    public Task<AskedSeries> LogMomentAsync(ApplicationReach<ILogSource> reach, Caller caller, string query, DateTimeOffset at, CancellationToken cancellationToken) => AskAsync(
        reach.Policy,
        QueryLanguage.LogQl,
        query,
        reach.Source,
        caller,
        new TimeWindow(at, at),
        null,
        reach.Source.LinkTo,
        async (text, _) => Series(await reach.Source.QuerySamplesAsync(text, at, cancellationToken).ConfigureAwait(false)),
        cancellationToken);

    private static MetricAnswer<MetricSeries> Series(MetricAnswer<MetricSample> answer) =>
        new([.. answer.Items.Select(s => new MetricSeries(s.Labels, [new MetricPoint(s.At, s.Value)]))], answer.Notes);

    private async Task<AskedSeries> AskAsync(
        QueryPolicy policy,
        QueryLanguage language,
        string query,
        IDatasource source,
        Caller caller,
        TimeWindow window,
        TimeSpan? step,
        Func<string, TimeWindow, Uri> link,
        Func<string, TimeWindow, Task<MetricAnswer<MetricSeries>>> ask,
        CancellationToken cancellationToken)
    {
        var parts = step is { } every ? times.Parts(window, every) : [window];
        var range = step is { } s ? new QueryRange(parts[0].Length, s) : (QueryRange?)null;
        var verdict = new ParsedQueryGuard(new QueryPolicies(policy), times.Clock).Check(language, query, range, source, caller);
        if (verdict.Refusal is { } refusal)
        {
            return AskedSeries.Refused(query, refusal);
        }

        var asked = new AskedSeries { Query = verdict.Query, Link = link(verdict.Query, window).AbsoluteUri };
        if (parts.Count > 1 && DependsOnRange(verdict.Query))
        {
            return asked with
            {
                Error = $"The window is longer than {limits.MaxRange.TotalHours:0} h ({QueryLimits.MaxRangeKey}) or has too many points for one query, and a query with @ start(), @ end(), range() or step() cannot be split.",
                Fault = ToolFaultKind.Argument,
            };
        }

        try
        {
            var answers = await Task.WhenAll(parts.Select(p => FreeAsync(() => ask(verdict.Query, p), cancellationToken))).ConfigureAwait(false);
            return Joined(asked, answers);
        }
        catch (SourceException failure)
        {
            var outcome = Outcome.Of(failure);
            return asked with { Error = outcome.Message, Fault = outcome.Fault!.Kind };
        }
    }

    private async Task<T> FreeAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        await free.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ask().ConfigureAwait(false);
        }
        finally
        {
            free.Release();
        }
    }

    /// <summary>Points of the same series of all parts behind each other; series in the order of their labels.</summary>
    private AskedSeries Joined(AskedSeries asked, MetricAnswer<MetricSeries>[] answers)
    {
        var series = answers.Length == 1
            ? answers[0].Items
            : [.. answers.SelectMany(a => a.Items).GroupBy(s => SeriesKey.Of(s.Labels), StringComparer.Ordinal).Select(g => new MetricSeries(g.First().Labels, [.. g.SelectMany(s => s.Points)]))];
        var (kept, note) = limits.Keep([.. series.OrderBy(s => SeriesKey.Of(s.Labels), StringComparer.Ordinal)], "series");
        List<string> notes = [.. answers.SelectMany(a => a.Notes).Distinct(StringComparer.Ordinal).Take(10)];
        if (answers.Length > 1)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"asked in {answers.Length} parts of at most {limits.MaxRange.TotalHours:0} h"));
        }

        if (note is not null)
        {
            notes.Add(note);
        }

        return asked with { Series = kept, Notes = notes };
    }

    private static bool DependsOnRange(string query) =>
        query.Contains("@ start()", StringComparison.Ordinal) || query.Contains("@ end()", StringComparison.Ordinal)
        || query.Contains("range()", StringComparison.Ordinal) || query.Contains("step()", StringComparison.Ordinal);
}

/// <summary>The labels as one text, the same for the same labels.</summary>
internal static class SeriesKey
{
    public static string Of(IReadOnlyDictionary<string, string> labels) =>
        string.Join('\u0001', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}\u0002{l.Value}"));
}
