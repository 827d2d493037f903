using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Nightwatch.Domain.Investigations;

/// <summary>What investigations leave behind: how many were concluded, by the cause named first, and how long they took from the claim.</summary>
internal static class InvestigationTelemetry
{
    private static readonly Meter Meter = new("Nightwatch.Investigations");
    private static readonly Counter<long> Concluded = Meter.CreateCounter<long>("nightwatch.investigations.concluded", "{investigation}", "Concluded investigations by first cause.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "nightwatch.investigation.duration",
        "s",
        "Time from the claim of an investigation to its conclusion.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600] });

    public static void Count(Investigation concluded)
    {
        var tags = new TagList { { "cause", concluded.Conclusion is { Hypotheses: [var first, ..] } ? first.Cause : "none" } };
        Concluded.Add(1, tags);
        Duration.Record(Math.Max(0, (concluded.ConcludedAt!.Value - concluded.ClaimedAt).TotalSeconds), tags);
    }
}
