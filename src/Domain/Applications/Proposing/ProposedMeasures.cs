using System.Globalization;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Investigations.Planning;

namespace Nightwatch.Domain.Applications.Proposing;

/// <summary>Default metrics and objectives from the signals that the application's metrics give, each with its reason.</summary>
internal sealed class ProposedMeasures(FoundApplication found, List<ProposalReason> because)
{
    private const int MaxLatencyObjectives = 8;

    private static readonly (string Topic, string Name)[] Wanted =
    [
        (Topics.Rate, "Request rate"), (Topics.Errors, "Error share"), (Topics.ErrorRate, "Errors"), (Topics.Latency, "Latency p95"), (Topics.InFlight, "Requests in flight"),
        (Topics.Cpu, "CPU"), (Topics.Memory, "Memory"), (Topics.ContainerMemory, "Container memory"), (Topics.Heap, "Heap"), (Topics.Restarts, "Restarts"),
        (Topics.ClientErrors, "Error share of calls to others"), (Topics.DatabaseLatency, "Query latency p95"), (Topics.Pool, "Pool usage"),
    ];

    private readonly List<SignalQuery> signals =
        [.. RequestSignals.For(found.Metrics, found.Scope()).Concat(ResourceSignals.For(found.Metrics, found.Scope())).Where(s => s.Query.Length <= ApplicationRules.MaxQuery)];

    /// <summary>The question whose answer says how slow each component is now; null without a histogram of durations.</summary>
    public SignalQuery? Latency => signals.Find(s => s.Topic == Topics.Latency);

    public List<DefaultMetric> DefaultMetrics()
    {
        var metrics = new List<DefaultMetric>();
        foreach (var (topic, name) in Wanted)
        {
            if (signals.Find(s => s.Topic == topic) is { } signal)
            {
                because.Add(new ProposalReason($"defaultMetrics[{metrics.Count}]", Reason(signal)));
                metrics.Add(new DefaultMetric(name, signal.Query, signal.Unit, signal.Title));
            }
        }

        return metrics;
    }

    /// <param name="measured">Samples of <see cref="Latency"/> as they are now.</param>
    public List<ServiceLevelObjective> Slos(IReadOnlyList<MetricSample> measured)
    {
        var slos = new List<ServiceLevelObjective>();
        if (RequestSignals.ServedWithFailures(found.Metrics, found.Scope()) is { } requests)
        {
            var total = $"sum(rate({found.Scope().Select(requests.Counter)}[{found.Scope().Window}]))";
            var good = $"sum(rate({found.Scope().Select(requests.Counter, requests.Failed with { Operator = "!~" })}[{found.Scope().Window}]))";
            if (total.Length <= ApplicationRules.MaxQuery && good.Length <= ApplicationRules.MaxQuery)
            {
                var told = $"{requests.Counter.Name} counts requests and tells failed ones by {requests.Failed.Name}";
                Add(slos, $"{told}. 99.9 % is a common first objective, not a measurement.", new() { Name = "Availability", Kind = SloKind.Availability, Objective = 99.9, Good = good, Total = total });
                Add(slos, $"{told}. 1 % is a common first objective, not a measurement.", new() { Name = "Error rate", Kind = SloKind.ErrorRate, Objective = 1, Good = good, Total = total });
            }
        }

        foreach (var sample in measured.Where(m => double.IsFinite(m.Value) && m.Value > 0).OrderByDescending(m => m.Value).Take(MaxLatencyObjectives))
        {
            AddLatency(slos, sample);
        }

        return slos;
    }

    /// <summary>The next of 1, 2, 2.5, 5, 10, ... that leaves a quarter above what is measured.</summary>
    internal static double RoundAbove(double seconds)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(seconds)));
        foreach (var step in new[] { 1, 2, 2.5, 5, 10, 20 })
        {
            if (step * power >= seconds * 1.25)
            {
                return Math.Round(step * power, 6);
            }
        }

        return Math.Round(50 * power, 6);
    }

    private void AddLatency(List<ServiceLevelObjective> slos, MetricSample sample)
    {
        if (!sample.Labels.TryGetValue(found.ComponentLabel, out var component) || !found.Components.Contains(component, StringComparer.Ordinal)
            || RequestSignals.For(found.Metrics, found.Scope(component)).FirstOrDefault(s => s.Topic == Topics.Latency) is not { } latency)
        {
            return;
        }

        var inMilliseconds = latency.Unit == "milliseconds";
        var seconds = inMilliseconds ? sample.Value / 1000 : sample.Value;
        var threshold = RoundAbove(seconds);
        var slo = new ServiceLevelObjective
        {
            Name = $"Latency of {component}",
            Kind = SloKind.LatencyP95,
            Objective = 99,
            ThresholdSeconds = threshold,
            Component = component,
            Query = inMilliseconds ? $"{latency.Query} / 1000" : latency.Query,
        };
        if (slo.Name.Length <= ApplicationRules.MaxName && slo.Query.Length <= ApplicationRules.MaxQuery && threshold is > 0 and <= 3600)
        {
            Add(slos, string.Create(CultureInfo.InvariantCulture, $"The 95th percentile is {seconds:0.####} s now; {threshold} s is the next round number with a quarter to spare."), slo);
        }
    }

    private void Add(List<ServiceLevelObjective> slos, string reason, ServiceLevelObjective slo)
    {
        because.Add(new ProposalReason($"slos[{slos.Count}]", reason));
        slos.Add(slo);
    }

    private string Reason(SignalQuery signal) => found.MetricOf(signal) is { } metric
        ? $"{metric.Name} is there under {found.Place}{(metric.Type is "" or "unknown" ? "; the source does not tell its type, its name does" : $", a {metric.Type}")}."
        : $"Found under {found.Place}.";
}
