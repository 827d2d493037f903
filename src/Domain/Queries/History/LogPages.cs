using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Queries.History;

/// <summary>One page of lines, and where the next one begins; null at the end of the window.</summary>
internal sealed record LogPage(IReadOnlyList<LogEntry> Lines, PageToken? Next, string? Note);

/// <summary>
/// Reads lines page by page, without loss or repetition, although many may share one time: a source cuts them anywhere. Where a page ends among the lines of one
/// time, all lines of that time are read and put in one order, and the token says how many of them were given.
/// </summary>
internal sealed class LogPages(ILogSource source, string query, TimeWindow window, bool forward, TimeSpan most, int maxResults)
{
    /// <summary>Lines that Loki gives to one query unless it is told otherwise (max_entries_limit_per_query).</summary>
    private const int SourceLimit = 5_000;

    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    public async Task<LogPage> ReadAsync(PageToken? token, int limit, CancellationToken cancellationToken)
    {
        var lines = new List<LogEntry>();
        TimeWindow? rest = window;
        if (token?.Ticks is { } ticks)
        {
            var at = new DateTimeOffset(ticks, TimeSpan.Zero);
            var (group, note) = await GroupAsync(at, cancellationToken).ConfigureAwait(false);
            lines.AddRange(group.Skip(token.Skip).Take(limit));
            if (token.Skip + lines.Count < group.Count)
            {
                return new LogPage(lines, Token(at, token.Skip + lines.Count), note);
            }

            rest = Beyond(at);
        }

        if (rest is null || lines.Count == limit)
        {
            // The page is full at the end of a group: the next one begins behind it.
            return new LogPage(lines, rest is null ? null : Token(lines[^1].At, int.MaxValue), null);
        }

        return await FillAsync(lines, rest, limit, cancellationToken).ConfigureAwait(false);
    }

    private async Task<LogPage> FillAsync(List<LogEntry> lines, TimeWindow rest, int limit, CancellationToken cancellationToken)
    {
        var wanted = limit - lines.Count;
        var asked = wanted < Math.Min(SourceLimit, maxResults) ? wanted + 1 : wanted;
        var found = await FetchAsync(rest, asked, cancellationToken).ConfigureAwait(false);
        if (found.Count < asked)
        {
            lines.AddRange(found);
            return new LogPage(lines, null, null);
        }

        var last = found[wanted - 1].At;
        if (asked > wanted && found[wanted].At != last)
        {
            lines.AddRange(found.Take(wanted));
            return new LogPage(lines, Token(last, int.MaxValue), null);
        }

        // The page ends among lines of one time, or may do.
        var whole = found.Take(wanted).Where(l => l.At != last).ToList();
        var (group, note) = await GroupAsync(last, cancellationToken).ConfigureAwait(false);
        var part = group.Take(wanted - whole.Count).ToList();
        lines.AddRange(whole);
        lines.AddRange(part);
        return new LogPage(lines, part.Count < group.Count ? Token(last, part.Count) : Beyond(last) is null ? null : Token(last, int.MaxValue), note);
    }

    /// <summary>Every line of one time in one order.</summary>
    private async Task<(List<LogEntry> Lines, string? Note)> GroupAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        var limit = Math.Min(SourceLimit, maxResults);
        var found = await source.QueryRangeAsync(query, new TimeWindow(at, at), limit, cancellationToken).ConfigureAwait(false);
        return (
            [.. found.OrderBy(l => SeriesKey.Of(l.Labels), StringComparer.Ordinal).ThenBy(l => l.Line, StringComparer.Ordinal)],
            found.Count < limit ? null : $"{limit} or more lines share one time; no more of them can be read");
    }

    /// <summary>Parts of a window that is longer than a query may be, one after the other until there are enough lines.</summary>
    private async Task<List<LogEntry>> FetchAsync(TimeWindow rest, int limit, CancellationToken cancellationToken)
    {
        var lines = new List<LogEntry>();
        for (TimeWindow? left = rest; left is not null && lines.Count < limit;)
        {
            var part = left.Length <= most ? left : forward ? left with { End = left.Start + most } : left with { Start = left.End - most };
            lines.AddRange(forward
                ? await source.QueryForwardAsync(query, part, limit - lines.Count, cancellationToken).ConfigureAwait(false)
                : await source.QueryRangeAsync(query, part, limit - lines.Count, cancellationToken).ConfigureAwait(false));
            left = part == left ? null : forward ? left with { Start = part.End + Tick } : left with { End = part.Start - Tick };
        }

        return lines;
    }

    /// <summary>What is left of the window behind a time; null when nothing is.</summary>
    private TimeWindow? Beyond(DateTimeOffset at) => forward
        ? at < window.End ? window with { Start = at + Tick } : null
        : at > window.Start ? window with { End = at - Tick } : null;

    private PageToken Token(DateTimeOffset at, int skip) => PageToken.For(window) with { Ticks = at.UtcTicks, Skip = skip };
}
