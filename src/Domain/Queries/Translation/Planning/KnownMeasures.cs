using Nightwatch.Domain.Queries.Templates;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>Templates asked for by name, of which the first that the source has metrics for counts.</summary>
internal static class KnownMeasures
{
    public static readonly string[] Errors = ["service.errors", "grpc.errors"];
    public static readonly string[] Latency = ["service.latency.quantile", "service.latency", "grpc.latency.quantile", "probe.duration"];
    public static readonly string[] Requests = ["service.requests", "grpc.requests"];
    public static readonly string[] Availability = ["probe.success", "target.up", "postgres.up", "mysql.up", "redis.up"];
    public static readonly string[] Restarts = ["kubernetes.restart", "process.restart"];
    public static readonly string[] ServiceCpu = ["container.cpu", "process.cpu"];
    public static readonly string[] ServiceMemory = ["container.memory", "process.memory"];
    public static readonly string[] Dependencies = ["client.errors", "client.latency.quantile"];

    public static readonly string[][] Host = [["host.cpu"], ["host.memory"], ["host.diskio"], ["host.disk"], ["host.network"], ["host.network.errors"]];

    public static BoundMeasure? First(Understanding understanding, TranslationContext context, params IReadOnlyList<string> ids)
    {
        foreach (var id in ids)
        {
            var template = TemplateLibrary.Find(id);
            if (BoundMeasure.Bind(template, understanding, context, 3, $"template {id}") is { } bound)
            {
                return bound;
            }
        }

        return null;
    }

    /// <summary>The usual measures of a host when that is asked about, else of a service.</summary>
    public static IEnumerable<BoundMeasure> Vital(Understanding understanding, TranslationContext context)
    {
        var plain = understanding with { Quantile = understanding.Quantile ?? 0.95, Statistic = Statistic.None };
        var host = IsHost(understanding);
        // Of everything together, first whether it is up.
        string[] up = understanding.Entities.Count == 0 ? ["target.up", .. Availability] : Availability;
        var service = new[] { up, Errors, Latency, Requests, Restarts, ServiceCpu, ServiceMemory };
        return (host ? [["target.up"], .. Host] : service).Select(ids => First(plain, context, ids)).OfType<BoundMeasure>();
    }

    public static bool IsHost(Understanding understanding) =>
        (understanding.Subjects.Contains("host") || understanding.Entities.Any(e => e.Kind == "host")) && !understanding.Entities.Any(e => e.Kind is "service" or "app" or "pod" or "container" or "namespace") && !understanding.Subjects.Contains("service");
}
