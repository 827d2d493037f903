using System.Text.Json.Nodes;
using Nightwatch.Domain.Investigations.Queries;
using Nightwatch.Domain.Investigations.Reasoning;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations.Planning;

/// <summary>What to ask once it is known which metrics there are (round 2) and which component looks wrong (round 3).</summary>
internal static class LaterRounds
{
    private const int MaxSuspects = 4;

    /// <summary>Golden signals, calls, stores, resources and hosts, for every component in scope at once.</summary>
    public static void PlanSecond(StepList list, InvestigationSubject subject, IReadOnlyList<Evidence> evidence, DateTimeOffset now)
    {
        var scale = Scale(subject, evidence, now);
        var metrics = Metrics(evidence);
        var probe = metrics.FirstOrDefault(m => m.Name == HostSignals.Probe);
        // Not having been able to look is another thing than having found none.
        var discovery = evidence.Where(e => e.Topic == Topics.Discovery).ToList();
        var unlisted = discovery.Count > 0 && discovery.TrueForAll(e => e.Status == ToolStatus.Error) ? "the metrics could not be listed" : null;
        if (Settling.LookedEarly(subject, evidence) && AlertExpression.Read(subject.Expression) is { } expression)
        {
            list.Range(Topics.AlertExpression, "The alert's own expression, now that it has settled", expression.Measured, null, scale.From, scale.To, scale.StepSeconds);
        }

        var scope = new QueryScope(subject, scale.RateWindow);
        var before = list.Steps.Count;
        foreach (var signal in RequestSignals.For(metrics, scope).Concat(ResourceSignals.For(metrics, scope)))
        {
            list.Range(signal, scale);
        }

        if (list.Steps.Count == before)
        {
            list.NotAsked.Add(new UncheckedQuestion("Golden signals of the service", unlisted ?? "no metric of a known kind was found for it"));
        }

        var hosts = HostSignals.For(subject, probe, scope.Window).ToList();
        hosts.ForEach(h => list.Range(h, scale));
        if (hosts.Count == 0)
        {
            var why = unlisted ?? (probe is null ? "no node exporter was found" : "it cannot be told which host the service runs on");
            list.NotAsked.Add(new UncheckedQuestion("Saturation of the host", why));
        }
    }

    /// <summary>Of each suspect that is not the subject itself: its logs, whether it answers, what changed, and its signals by instance.</summary>
    public static void PlanThird(StepList list, InvestigationSubject subject, IReadOnlyList<Evidence> evidence, DateTimeOffset now)
    {
        var scale = Scale(subject, evidence, now);
        var board = SignalBoard.Read(subject, evidence);
        var suspects = FaultOrigins.Find(board).Select(o => o.Component).Where(c => c.Length <= PromQl.MaxValueLength).Take(MaxSuspects).ToList();
        var metrics = Metrics(evidence);
        foreach (var suspect in suspects.Where(s => s != subject.Service))
        {
            About(list, subject, suspect, scale);
        }

        foreach (var suspect in suspects)
        {
            ByInstance(list, subject, suspect, metrics, scale);
        }
    }

    private static void About(StepList list, InvestigationSubject subject, string suspect, TimeScale scale)
    {
        var label = subject.ServiceLabel ?? "service";
        var own = LabelCondition.Is(label, suspect);
        // A service of the same name elsewhere is another one.
        var there = new QueryScope(subject, scale.RateWindow).Place.Append(own).ToList();
        list.Range(Topics.Up, $"Whether {suspect} answers", PromQl.Selector("up", there), "up", scale.From, scale.To, scale.StepSeconds, suspect);
        list.Add(
            Topics.Change,
            $"What changed in {suspect}",
            "find_changes",
            new JsonObject
            {
                ["start"] = StepList.Iso(subject.StartsAt.AddMinutes(-60)),
                ["end"] = StepList.Iso(scale.To),
                ["selector"] = PromQl.Selector(null, there),
            },
            component: suspect);
        list.Add(
            Topics.Logs,
            $"Error patterns in the logs of {suspect}",
            "query_logs",
            new JsonObject
            {
                ["query"] = $"{PromQl.Selector(null, [own])} |~ {PromQl.Quote("(?i)(error|exception|fail|timeout|panic|fatal|refused)")}",
                ["start"] = StepList.Iso(scale.From),
                ["end"] = StepList.Iso(scale.To),
                ["limit"] = 300,
            },
            component: suspect);
    }

    /// <summary>Whether all instances of a suspect misbehave or one does.</summary>
    private static void ByInstance(StepList list, InvestigationSubject subject, string suspect, IReadOnlyList<KnownMetric> metrics, TimeScale scale)
    {
        var scope = new QueryScope(subject with { ServiceLabel = "instance" }, scale.RateWindow);
        var named = new QueryScope(subject, scale.RateWindow);
        var several = metrics
            .Where(m => named.LabelOf(m) is { } l && l != "instance" && m.Values(l).Contains(suspect) && m.Values("instance").Count > 1)
            .ToList();
        foreach (var signal in RequestSignals.For(several, scope).Where(s => s.Topic is Topics.Errors or Topics.Latency).Take(2))
        {
            var label = subject.ServiceLabel ?? "service";
            list.Range(
                signal.Topic + ".instance",
                $"{signal.Title}, by instance",
                Narrow(signal.Query, label, suspect),
                signal.Unit,
                scale.From,
                scale.To,
                scale.StepSeconds,
                suspect);
        }
    }

    /// <summary>Keeps of an answer by instance those instances that are the suspect's, by the targets that Prometheus knows.</summary>
    private static string Narrow(string query, string label, string suspect) =>
        $"({query}) and on (instance) {PromQl.Selector("up", [LabelCondition.Is(label, suspect)])}";

    public static TimeScale Scale(InvestigationSubject subject, IReadOnlyList<Evidence> evidence, DateTimeOffset now)
    {
        var scrape = evidence.FirstOrDefault(e => e.Topic == Topics.Scrape);
        var own = scrape?.Facts.Where(f => f.Labels?.GetValueOrDefault("job") == subject.Labels.GetValueOrDefault("job")).ToList();
        var facts = own is { Count: > 0 } ? own : scrape?.Facts.ToList() ?? [];
        var perMinute = facts.Where(f => f.Name == "latest" && f.Value > 0).Select(f => f.Value).DefaultIfEmpty(0).Max();
        var since = facts.Where(f => f.Name == "first" && f.At is not null).Select(f => f.At).Min();
        return TimeScale.Choose(perMinute > 0 ? 60 / perMinute : null, since, subject.StartsAt, now);
    }

    private static List<KnownMetric> Metrics(IReadOnlyList<Evidence> evidence) =>
    [
        .. evidence
            .Where(e => e.Topic == Topics.Discovery)
            .SelectMany(e => e.Items)
            .Where(i => i.Kind == "metric" && PromQl.IsMetricName(i.Text))
            .Select(KnownMetric.Of)
            .GroupBy(m => m.Name, StringComparer.Ordinal).Select(Merge).OrderBy(m => m.Name, StringComparer.Ordinal),
    ];

    private static KnownMetric Merge(IGrouping<string, KnownMetric> same)
    {
        var labels = same.SelectMany(m => m.Labels).GroupBy(l => l.Key, StringComparer.Ordinal)
            .ToDictionary(
                g => g.Key, g => (IReadOnlyList<string>)[.. g.SelectMany(l => l.Value).Distinct(StringComparer.Ordinal).Take(40)], StringComparer.Ordinal);
        return same.First() with { Labels = labels };
    }
}
