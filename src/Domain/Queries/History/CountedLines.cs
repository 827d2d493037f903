using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries.LogQl;

namespace Nightwatch.Domain.Queries.History;

/// <summary>Asks for counts of lines in buckets that end at the end of a window; the first one is as long as there is room for it.</summary>
internal sealed class CountedLines(AskSource ask, ApplicationReach<ILogSource> reach, Caller caller, TimeWindow window, TimeSpan bucket)
{
    /// <param name="count">The query that counts over a range.</param>
    public async Task<AskedSeries> AskAsync(Func<TimeSpan, LogQlMetric> count, CancellationToken cancellationToken)
    {
        var ends = EventCounts.Ends(window, bucket);
        var rest = ends[0] - window.Start;
        var whole = rest == bucket ? ends : [.. ends.Skip(1)];
        var first = rest == bucket ? null : ask.LogMomentAsync(reach, caller, count(rest).ToString(), ends[0], cancellationToken);
        var others = whole.Count == 0 ? null : await ask.LogRangeAsync(reach, caller, count(bucket).ToString(), new TimeWindow(whole[0], whole[^1]), bucket, cancellationToken).ConfigureAwait(false);
        var begin = first is null ? null : await first.ConfigureAwait(false);
        return others is null ? begin!
            : begin is null || others.Failed ? others
            : begin.Failed ? begin
            : others with { Series = [.. begin.Series, .. others.Series] };
    }
}
