using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Queries.History;
using Nightwatch.Domain.Queries.LogQl;

namespace Nightwatch.Domain.Tools.Applications;

public sealed record CountLogEventsArguments : ApplicationArguments
{
    public const int MinBucket = 60;

    [Description("Seconds of a bucket; an hour, or five minutes for windows of up to six hours, when left out.")]
    [Range(MinBucket, 86_400)]
    public int? BucketSeconds { get; init; }

    [Description("Only lines that hold this text.")]
    [Length(1, 1_000)]
    public string? Contains { get; init; }
}

/// <summary>count_log_events: how many lines an application logged, by level.</summary>
internal sealed class CountLogEventsTool(FindReach find, HistoryTimes times, QueryLimits limits, IDatasources sources) : Tool<CountLogEventsArguments>(
    "count_log_events",
    "Counts the log lines of an application by level over a window, the last 24 hours when nothing is said. Data: {total, levels: {level: count}, peak_hour: {start, end, count}, buckets: [{start, end, total, levels}], bucket_seconds, queries}. Lines whose level is not known are counted as unknown.",
    Permission.ReadLogs,
    ToolEffects.Reads)
{
    private const int MaxBuckets = 2_000;

    public override bool Available => sources.MayHave<ILogSource>();

    protected override async Task<ToolResult> RunAsync(Caller caller, CountLogEventsArguments arguments, CancellationToken cancellationToken) =>
        await AskAsync(arguments.Invocation(Descriptor.Name, ("contains", arguments.Contains)), null, async () =>
        {
            var (reach, failure) = await find.FindAsync<ILogSource>(caller, Permission.ReadLogs, arguments.Question(), cancellationToken).ConfigureAwait(false);
            var (window, wrong) = times.Window(arguments.Start, arguments.End, TimeSpan.FromDays(1));
            if (reach is null || window is null)
            {
                return failure ?? wrong!;
            }

            var bucket = TimeSpan.FromSeconds(arguments.BucketSeconds ?? (window.Length > TimeSpan.FromHours(6) ? 3_600 : 300));
            return !reach.IsMapped ? Outcome.Wrong("application", $"The profile of {reach.Profile.Id} has no labels for logs, so its lines cannot be told from others.")
                : window.Length / bucket > MaxBuckets ? Outcome.Wrong("bucket_seconds", $"bucket_seconds {bucket.TotalSeconds:0} gives more than {MaxBuckets} buckets; ask for longer ones or a shorter time.")
                : await CountAsync(reach, caller, arguments, window, bucket, cancellationToken).ConfigureAwait(false) with { Source = reach.Source.Name };
        }).ConfigureAwait(false);

    private async Task<ToolResult> CountAsync(
        ApplicationReach<ILogSource> reach, Caller caller, CountLogEventsArguments arguments, TimeWindow window, TimeSpan bucket, CancellationToken cancellationToken)
    {
        using var ask = new AskSource(times, limits);
        var lines = LogQlFactory.Select([.. reach.Matchers]);
        var sample = await reach.Source.QueryRangeAsync(lines.ToString(), Recent(window), LogLevels.Sample, cancellationToken).ConfigureAwait(false);
        var levels = LogLevels.Of(sample);
        lines = arguments.Contains is { } text ? lines.Containing(text) : lines;
        var count = new CountedLines(ask, reach, caller, window, bucket);
        var all = count.AskAsync(range => lines.CountOverTime(range).SumBy(), cancellationToken);
        var known = levels.Label is { } label ? await count.AskAsync(range => levels.With(lines).CountOverTime(range).SumBy(label), cancellationToken).ConfigureAwait(false) : null;
        var total = await all.ConfigureAwait(false);
        if ((total.Failed ? total : known is { Failed: true } ? known : null) is { } failed)
        {
            return Outcome.Error(failed.Error!, failed.Fault is ToolFaultKind.TimedOut or ToolFaultKind.Failed) with { Fault = new ToolFault(failed.Fault ?? ToolFaultKind.Failed) };
        }

        var byLevel = (known?.Series ?? []).GroupBy(s => LogLevels.Normal(s.Labels.GetValueOrDefault(levels.Label!)), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => (IReadOnlyDictionary<DateTimeOffset, double>)SeriesSums.Sum(g), StringComparer.Ordinal);
        var counts = EventCounts.Of(window, bucket, SeriesSums.Sum(total.Series), byLevel);
        return Outcome.Success(
            new EventsData(reach.Profile.Id, reach.Environment, window.Start, window.End, bucket.TotalSeconds, counts.Total, counts.Levels, counts.PeakHour, counts.Buckets, [AskedQuery.Of("all", total), .. known is null ? Array.Empty<AskedQuery>() : [AskedQuery.Of("by level", known)]]),
            Outcome.Notes(
                counts.Total == 0 ? "no line was logged in that time" : known is null ? "the lines do not tell their level" : null,
                counts.Total > 0 && counts.PeakHour is null ? "buckets that do not make up hours have no peak hour" : null)) with
        { Link = total.Link };
    }

    private static TimeWindow Recent(TimeWindow window) => window.Length > TimeSpan.FromDays(1) ? window with { Start = window.End.AddDays(-1) } : window;

    private sealed record EventsData(
        string Application,
        string? Environment,
        DateTimeOffset Start,
        DateTimeOffset End,
        double BucketSeconds,
        long Total,
        IReadOnlyDictionary<string, long> Levels,
        EventHour? PeakHour,
        IReadOnlyList<EventBucket> Buckets,
        IReadOnlyList<AskedQuery> Queries);
}
