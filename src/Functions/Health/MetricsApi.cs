using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Adapters.MetricsEndpoint;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Health;

/// <summary>Nightwatch's own numbers for Prometheus, of this process. On Azure, where one instance tells little, they go out through OpenTelemetry.</summary>
public sealed class MetricsApi(MetricsText metrics)
{
    [Function("Metrics")]
    [Public]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "metrics")] HttpRequest request) =>
        Results.Text(metrics.Render(), MetricsText.ContentType);
}
