using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Tests.Investigations.Simulation;

/// <summary>The catalogue of simulated faults, and the alerts that rules like the lab's raise for them.</summary>
public static class Worlds
{
    /// <summary>Kinds with the causes that are right.</summary>
    private static readonly (string Kind, string[] Components, string[] Causes)[] Kinds =
    [
        ("latency", ["payment", "orders"], ["internal_latency"]),
        ("errors", ["payment", "orders", "frontend"], ["internal_errors"]),
        ("leak", ["orders", "payment"], ["memory_leak"]),
        ("dependency", ["database"], ["dependency_failure"]),
        ("dependency-slow", ["database"], ["dependency_failure"]),
        ("dependency-errors", ["database"], ["dependency_failure"]),
        ("deployment", ["orders", "payment", "frontend"], ["deployment_regression"]),
        ("deployment-slow", ["payment"], ["deployment_regression"]),
        ("dependency-deployment", ["database"], ["dependency_failure"]),
        ("errors-elsewhere", ["payment", "orders"], ["internal_errors"]),
        ("errors-restarted", ["orders", "payment"], ["internal_errors"]),
        ("errors-starved", ["payment", "orders"], ["internal_errors"]),
        ("deployment-starved", ["orders", "payment"], ["deployment_regression"]),
        ("surge", ["frontend"], ["traffic_surge"]),
        ("down", ["payment", "orders"], ["target_down"]),
        ("calm", ["frontend"], ["known_pattern_or_noise"]),
    ];

    public static IReadOnlyList<WorldPlan> All(int seeds) =>
    [
        .. Kinds.SelectMany(k => Enumerable.Range(1, seeds).Select(seed => new WorldPlan
        {
            Kind = k.Kind,
            Seed = seed,
            Component = k.Components[seed % k.Components.Length],
            Causes = k.Causes,
            // Young labs, busy ones and quiet ones.
            HistorySeconds = (seed % 4) switch { 0 => 70, 1 => 120, 2 => 300, _ => 700 },
            Rate = (seed % 3) switch { 0 => 6, 1 => 12, _ => 20 },
        })),
    ];

    /// <summary>The alerts of a world: on the symptom (the frontend), on the culprit, or on all that suffer, by seed.</summary>
    public static IReadOnlyList<AlertEpisode> Alerts(WorldPlan plan, DateTimeOffset startsAt)
    {
        string[] suffering = plan.Component switch { "frontend" => ["frontend"], "orders" => ["frontend", "orders"], "payment" => ["frontend", "orders", "payment"], _ => ["frontend", "orders", "payment", "database"] };
        var services = plan.Kind switch
        {
            "leak" => [plan.Component],
            "surge" => ["frontend"],
            _ => (plan.Seed % 3) switch { 0 => suffering, 1 => ["frontend"], _ => [.. suffering.TakeLast(2)] },
        };
        var (name, expression) = plan.Kind switch
        {
            "leak" => ("ShopMemoryGrowing", $"deriv(process_resident_memory_bytes{{namespace=\"{plan.Namespace}\"}}[30s]) > 1.5e6 and process_resident_memory_bytes{{namespace=\"{plan.Namespace}\"}} > 170e6"),
            "latency" or "surge" or "dependency-slow" or "deployment-slow" => ("ShopHighLatency", $"histogram_quantile(0.95, sum by (namespace, service, le) (rate(http_request_duration_seconds_bucket{{namespace=\"{plan.Namespace}\"}}[30s]))) > 0.2"),
            _ => ("ShopHighErrorRatio", $"sum by (namespace, service) (rate(http_requests_total{{namespace=\"{plan.Namespace}\", code=~\"5..\"}}[30s])) / sum by (namespace, service) (rate(http_requests_total{{namespace=\"{plan.Namespace}\"}}[30s])) > 0.05"),
        };
        return [.. services.Select((s, i) => Investigator.Episode(name, expression, startsAt.AddSeconds(2 * i), new() { ["namespace"] = plan.Namespace, ["service"] = s, ["severity"] = "critical" }))];
    }

    public static async Task<InvestigationView> InvestigateAsync(WorldLab lab, WorldPlan plan, InvestigationDepth depth, CancellationToken cancellationToken, Func<IToolCatalog, IToolCatalog>? between = null)
    {
        var startsAt = WorldLab.Onset.AddSeconds(lab.AlertDelays[plan.Namespace]);
        using var investigator = lab.Investigate(startsAt.AddSeconds(8), between);
        await investigator.OpenAsync("inc", Alerts(plan, startsAt), depth, cancellationToken);
        return await investigator.RunAsync("inc", cancellationToken);
    }

    public static bool IsRight(WorldPlan plan, InvestigationView view) =>
        view.Investigation.Conclusion!.Hypotheses is [var top, ..] && top.Component == plan.Component && plan.Causes.Contains(top.Cause);
}
