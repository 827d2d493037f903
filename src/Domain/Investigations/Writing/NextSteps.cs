using Nightwatch.Domain.Investigations.Reasoning;

namespace Nightwatch.Domain.Investigations.Writing;

/// <summary>What a person would do next, by the most probable causes.</summary>
internal static class NextSteps
{
    private const int MaxCauses = 2;
    private const int MaxSteps = 6;

    public static IReadOnlyList<string> For(IReadOnlyList<Hypothesis> hypotheses, SignalBoard board)
    {
        var steps = hypotheses.Take(MaxCauses).Where((h, i) => i == 0 || h.Confidence >= 0.1).SelectMany(h => Of(h, board)).ToList();
        if (board.Evidence.FirstOrDefault(e => e.Topic == Topics.Similar && e.Items.Count > 0) is { } similar)
        {
            steps.Add($"Compare with the similar incident {similar.Items[0].Labels.GetValueOrDefault("incident", "")}: {similar.Items[0].Text}");
        }

        if (steps.Count == 0)
        {
            steps.Add($"Look at the logs and dashboards of {board.Subject.Service ?? board.Subject.AlertName}: the evidence here explains nothing.");
        }

        return [.. steps.Distinct(StringComparer.Ordinal).Take(MaxSteps)];
    }

    private static IEnumerable<string> Of(Hypothesis hypothesis, SignalBoard board)
    {
        var c = hypothesis.Component;
        return hypothesis.Cause switch
        {
            "deployment_regression" => [$"Roll {c} back to the version before, or switch the change off, and watch whether its errors fall.", $"Compare the two versions of {c}: what changed between them?"],
            "dependency_failure" => [$"Look at {c} itself: its logs, its load, its connections and its host.", $"Until {c} is well, shed load or fail over where its callers can."],
            "internal_errors" => [$"Read the error logs of {c} since the onset.", $"Look for a configuration, a certificate, a feature flag or data that changed in {c} without a deployment."],
            "internal_latency" => [$"Profile {c} or read its traces since the onset: locks, garbage collection, a slow path.", $"Add instances of {c} if its load is spread among them."],
            "memory_leak" => [$"Take a heap dump of {c} before it is restarted.", $"Restart {c} in a rolling way before it runs out of memory; the climb begins again until the leak is mended."],
            "resource_saturation" => [$"Free or add what {c} runs out of.", $"Find who uses it up on {c}."],
            "traffic_surge" => [$"Scale out what {c} calls, or limit the rate.", $"Find where the traffic to {c} comes from: a campaign, a retry storm, a crawler."],
            "target_down" => [$"Find out why {c} does not answer: is its process there, what do its last logs say?", $"Start {c} again."],
            "known_pattern_or_noise" => [$"If this is usual for {board.Subject.AlertName}, raise its threshold or lengthen its 'for'."],
            _ => [$"Check {c}: {hypothesis.Statement}"],
        };
    }
}
