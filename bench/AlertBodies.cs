using System.Text;
using System.Text.Json;

namespace Nightwatch.Bench;

/// <summary>Alertmanager webhooks as the real one sends them: ten alerts of one group, each alert new.</summary>
internal static class AlertBodies
{
    public const int AlertsPerWebhook = 10;

    private static int next;

    public static ByteArrayContent Webhook(string run, int groups)
    {
        var number = Interlocked.Increment(ref next);
        var service = $"service-{number % groups}";
        var now = TimeProvider.System.GetUtcNow();
        var alerts = Enumerable.Range(0, AlertsPerWebhook).Select(i => new
        {
            status = "firing",
            labels = new Dictionary<string, string>
            {
                ["alertname"] = "HighErrorRate",
                ["service"] = service,
                ["namespace"] = service,
                ["severity"] = "warning",
                ["instance"] = $"10.0.{number % 250}.{i}:9100",
                ["pod"] = $"{run}-{number}-{i}",
            },
            annotations = new Dictionary<string, string> { ["summary"] = "More than 5 % of the requests fail", ["description"] = "The error ratio of the service has been above 5 % for ten minutes; see the dashboard." },
            startsAt = now,
            endsAt = "0001-01-01T00:00:00Z",
            generatorURL = "http://prometheus.example/graph?g0.expr=rate%28http_requests_total%7Bcode%3D~%225..%22%7D%5B5m%5D%29+%3E+0.05&g0.tab=1",
        });
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            version = "4",
            groupKey = $"{{}}:{{service=\"{service}\"}}",
            truncatedAlerts = 0,
            status = "firing",
            receiver = "nightwatch",
            groupLabels = new { service },
            commonLabels = new { service },
            commonAnnotations = new { },
            externalURL = "http://alertmanager.example",
            alerts,
        });
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json") { CharSet = Encoding.UTF8.WebName };
        return content;
    }
}
