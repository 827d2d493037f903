using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries.PromQl;

namespace Nightwatch.Domain.Queries.History;

/// <summary>The signals of an application with rates over the shortest time that its samples allow, so that minutes are kept apart.</summary>
internal static class FineSignals
{
    /// <summary>Samples that the window of a rate holds at least.</summary>
    private const int Samples = 4;

    private static readonly TimeSpan Looked = TimeSpan.FromMinutes(10);

    /// <exception cref="SourceException">The source failed.</exception>
    public static async Task<(ApplicationSignals Signals, IReadOnlyList<string> Notes)> FindAsync(
        AskSource ask, ApplicationReach<IMetricSource> reach, Caller caller, TimeWindow window, TimeSpan step, CancellationToken cancellationToken)
    {
        var (signals, notes) = await ApplicationSignals.FindAsync(reach, window, step, cancellationToken).ConfigureAwait(false);
        var interval = await IntervalAsync(ask, reach, signals, caller, window, cancellationToken).ConfigureAwait(false);
        var least = TimeSpan.FromMinutes(Math.Clamp(Math.Ceiling(Samples * interval.TotalMinutes), 1, 15));
        return (signals.WithRateWindow(step > least ? step : least), notes);
    }

    /// <summary>How far the samples of the application's metrics are apart; a minute when it cannot be told.</summary>
    private static async Task<TimeSpan> IntervalAsync(
        AskSource ask, ApplicationReach<IMetricSource> reach, ApplicationSignals signals, Caller caller, TimeWindow window, CancellationToken cancellationToken)
    {
        if (signals.Metrics.FirstOrDefault(m => m.IsCounter) is not { } counter)
        {
            return TimeSpan.FromMinutes(1);
        }

        var samples = PromQlBuild.Call("count_over_time", PromQlBuild.Range(PromQlBuild.Selector(counter.Name, [.. reach.Matchers]), Looked));
        var asked = await ask.MomentAsync(reach, caller, PromQlBuild.Aggregate("max", samples).ToString(), window.End, cancellationToken).ConfigureAwait(false);
        return asked.Series is [{ Points: [{ Value: > 0 and var count }] }] ? Looked / count : TimeSpan.FromMinutes(1);
    }
}
