using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Nightwatch.Domain.Tools;

/// <summary>What the use of tools leaves behind: a span and two instruments, by tool and status.</summary>
internal static class ToolTelemetry
{
    public const string Name = "Nightwatch.Tools";

    public static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Calls = Meter.CreateCounter<long>("nightwatch.tool.calls", "{call}", "Uses of tools by tool and status.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "nightwatch.tool.duration",
        "s",
        "Time that uses of tools took.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    /// <param name="tool">Name of a tool of the catalogue; an unknown one counts as "unknown", since anybody may send any name.</param>
    public static void Count(string tool, ToolStatus status, TimeSpan took)
    {
        var tags = new TagList { { "tool", tool }, { "status", StatusName(status) } };
        Calls.Add(1, tags);
        Duration.Record(took.TotalSeconds, tags);
    }

    public static string StatusName(ToolStatus status) => status switch
    {
        ToolStatus.Success => "success",
        ToolStatus.NoData => "no_data",
        ToolStatus.ApprovalRequired => "approval_required",
        _ => "error",
    };
}
