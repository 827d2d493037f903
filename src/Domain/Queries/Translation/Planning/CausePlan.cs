using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>Where a cause is looked for: what changed, and what is slow, full or failing around the thing.</summary>
internal static class CausePlan
{
    private static readonly TimeSpan Lookback = TimeSpan.FromHours(6);
    private static readonly string[][] Slow =
    [
        KnownMeasures.Latency, ["client.latency.quantile", "client.latency"], ["database.latency.quantile"], KnownMeasures.Requests, ["service.inflight"], KnownMeasures.Errors, KnownMeasures.ServiceCpu,
        ["container.throttle"], KnownMeasures.ServiceMemory, ["database.connections", "postgres.connections.ratio"], ["dotnet.pause", "jvm.gc", "go.gc"],
    ];

    private static readonly string[][] Failing =
    [
        KnownMeasures.Errors, ["client.errors"], KnownMeasures.Availability, KnownMeasures.Restarts, KnownMeasures.Latency, ["database.connections", "postgres.connections.ratio"], KnownMeasures.ServiceMemory, KnownMeasures.ServiceCpu,
    ];

    /// <summary>"Why is it slow": the measures that tell the usual causes apart.</summary>
    public static IEnumerable<ProposedQuery> Why(Understanding understanding, TranslationContext context)
    {
        var host = KnownMeasures.IsHost(understanding);
        var plain = understanding with { Statistic = Statistic.None, Threshold = null, Quantile = 0.95, Top = null };
        var asked = understanding.Measures.Where(m => m is not ("latency" or "error" or "availability")).Any() ? MeasureChooser.Choose(plain, context).Take(1) : [];
        var families = host ? KnownMeasures.Host : understanding.Measures.Contains("latency") || !understanding.Measures.Contains("error") ? Slow : Failing;
        var measures = asked.Concat(families.Select(ids => KnownMeasures.First(plain, context, ids)).OfType<BoundMeasure>()).DistinctBy(m => m.Template.Id);
        var window = MetricPlan.Window(understanding, context);
        return measures.Select((m, i) => MetricPlan.Value(m, plain, context, window, 0.75 - (0.02 * i)));
    }

    /// <summary>"What changed": restarts, releases and rollouts within the window.</summary>
    public static IEnumerable<ProposedQuery> Changes(Understanding understanding, TranslationContext context)
    {
        var window = MetricPlan.Window(understanding, context) ?? new Datasources.TimeWindow(MetricPlan.At(understanding, context) - Lookback, MetricPlan.At(understanding, context));
        var length = Syntax.QueryDuration.Format(window.Length);
        foreach (var (name, purpose) in new[] { ("process_start_time_seconds", "processes that started anew"), ("kube_deployment_status_observed_generation", "deployments that were changed"), ("kube_pod_container_status_restarts_total", "containers that restarted") })
        {
            if (context.Metrics.Find(name) is { } entry && Scope.Of(entry, understanding, context) is { } matchers)
            {
                yield return MetricPlan.New($"changes({PromQlWriter.Selector(name, matchers)}[{length}]) > 0", window, null, purpose, "count", 0.7, $"{name} changes when that happens");
            }
        }

        foreach (var info in context.Metrics.Entries.Where(e => e.Name.EndsWith("build_info", StringComparison.Ordinal) && PromQlWriter.IsMetric(e.Name)).Take(3))
        {
            if (Scope.Of(info, understanding, context) is { } matchers)
            {
                var labels = info.Labels.Where(l => l is "version" or "revision" or "service" or "job" or "app").Order(StringComparer.Ordinal).ToList();
                yield return MetricPlan.New($"count by ({string.Join(", ", labels.DefaultIfEmpty("version"))}) (max_over_time({PromQlWriter.Selector(info.Name, matchers)}[{length}]))", window, null, "releases that ran", "count", 0.65, $"the labels of {info.Name} name the release");
            }
        }
    }
}
