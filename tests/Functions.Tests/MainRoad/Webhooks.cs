using System.Net.Http.Json;

namespace Nightwatch.Functions.Tests.MainRoad;

/// <summary>Alertmanager's webhook, as its documentation gives it.</summary>
internal static class Webhooks
{
    public static JsonContent Alertmanager(string service, IEnumerable<object> alerts, int truncated = 0) => JsonContent.Create(new
    {
        version = "4",
        groupKey = $"{{}}:{{service=\"{service}\"}}",
        truncatedAlerts = truncated,
        status = "firing",
        receiver = "nightwatch",
        groupLabels = new { service },
        commonLabels = new { service },
        commonAnnotations = new { },
        externalURL = "http://alertmanager.example",
        alerts,
    });

    public static object Firing(string name, string service, DateTimeOffset startsAt, string? pod = null) => new
    {
        status = "firing",
        labels = Labels(name, service, pod),
        annotations = new { summary = $"{name} of {service}" },
        startsAt,
        endsAt = "0001-01-01T00:00:00Z",
        generatorURL = "http://prometheus.example/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
    };

    public static object Resolved(string name, string service, DateTimeOffset startsAt, DateTimeOffset endsAt, string? pod = null) => new
    {
        status = "resolved",
        labels = Labels(name, service, pod),
        annotations = new { summary = $"{name} of {service}" },
        startsAt,
        endsAt,
        generatorURL = "http://prometheus.example/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
    };

    /// <summary>A namespace for each service: alerts that share one and begin together belong together.</summary>
    private static Dictionary<string, string> Labels(string name, string service, string? pod)
    {
        var labels = new Dictionary<string, string> { ["alertname"] = name, ["service"] = service, ["namespace"] = service, ["severity"] = "critical" };
        if (pod is not null)
        {
            labels["pod"] = pod;
        }

        return labels;
    }
}
