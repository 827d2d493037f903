using Nightwatch.Domain.Applications;

namespace Nightwatch.Domain.Tests.Applications;

internal static class Profiles
{
    /// <summary>Uses every member.</summary>
    public static ApplicationProfile Shop { get; } = new()
    {
        Id = "shop",
        Name = "Web shop",
        Description = "Sells things: \"all\" of them, since #1",
        Architecture = "A page, two services.\n\nOrders asks payment; both write: to the database.",
        Environments = [new("production", Map("namespace", "shop-prod")), new("staging", Map("namespace", "shop-staging"))],
        Owners = [new("Team Shop", "#shop-oncall"), new("yes", null)],
        Components =
        [
            new() { Name = "page", Kind = ComponentKind.Frontend, DependsOn = ["orders"] },
            new() { Name = "orders", DependsOn = ["payment", "db"], Metrics = new("prometheus", Map("service", "orders")), Logs = new("loki", Map("app", "orders")) },
            new() { Name = "payment", DependsOn = ["orders"], Metrics = new(null, Map("service", "payment")) },
            new() { Name = "db", Kind = ComponentKind.Database },
        ],
        Metrics = new(null, Map("application", "shop")),
        Logs = new("loki", Map("cluster", "1: a")),
        DefaultMetrics = [new("Requests", "sum(rate(http_requests_total{code!~\"5..\"}[5m]))", "per_second", "All of them")],
        Slos =
        [
            new() { Name = "Availability", Kind = SloKind.Availability, Objective = 99.95, Good = "good", Total = "total" },
            new() { Name = "Errors", Kind = SloKind.ErrorRate, Objective = 0.5, WindowDays = 7 },
            new() { Name = "Fast", Kind = SloKind.LatencyP95, Objective = 99, ThresholdSeconds = 0.25, Component = "orders", Query = "p95" },
        ],
    };

    public static Dictionary<string, string> Map(string name, string value) => new() { [name] = value };
}
