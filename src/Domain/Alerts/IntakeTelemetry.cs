using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Nightwatch.Domain.Alerts;

/// <summary>What the intake leaves behind: webhooks by outcome, and alerts by what became of them, each by its source.</summary>
internal static class IntakeTelemetry
{
    private static readonly Meter Meter = new("Nightwatch.Intake");
    private static readonly Counter<long> Webhooks = Meter.CreateCounter<long>("nightwatch.intake.webhooks", "{webhook}", "Webhooks by source and outcome: taken or refused.");
    private static readonly Counter<long> Alerts = Meter.CreateCounter<long>(
        "nightwatch.intake.alerts", "{alert}", "Alerts of webhooks by source and change: opened, resolved, repeated, ignored or rejected.");

    public static void Count(string source, IngestOutcome outcome)
    {
        Webhooks.Add(1, new TagList { { "source", source }, { "outcome", outcome.Refusal is null ? "taken" : "refused" } });
        foreach (var change in outcome.Accepted.CountBy(a => a.Change))
        {
            Alerts.Add(change.Value, new TagList { { "source", source }, { "change", NameOf(change.Key) } });
        }

        if (outcome.Rejected.Count > 0)
        {
            Alerts.Add(outcome.Rejected.Count, new TagList { { "source", source }, { "change", "rejected" } });
        }
    }

    private static string NameOf(AlertChange change) => change switch
    {
        AlertChange.Opened => "opened",
        AlertChange.Resolved => "resolved",
        AlertChange.Repeated => "repeated",
        _ => "ignored",
    };
}
