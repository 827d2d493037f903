using System.Text.Json;
using Nightwatch.Domain.Investigations.Planning;
using Nightwatch.Domain.Investigations.Writing;

namespace Nightwatch.Domain.Investigations.Gathering;

/// <summary>Reads list_metrics: the metrics of known kinds with the values of their labels.</summary>
internal sealed class MetricsReader : IToolReader
{
    private const int MaxMetrics = 250;

    public string Tool => "list_metrics";

    public EvidenceReading Read(EvidenceStep step, InvestigationSubject subject, JsonElement data)
    {
        var all = Json.List(data, "metrics").ToList();
        var items = all.Where(m => Json.Text(m, "name") is { } name && MetricFamilies.IsKnown(name)).Take(MaxMetrics).Select(Item).ToList();
        return new EvidenceReading
        {
            Summary = $"{step.Title}: {Numbers.Write(all.Count, "count")} metrics, {Numbers.Write(items.Count, "count")} of known kinds.",
            Facts = [Count("metrics", all.Count), Count("known", items.Count)],
            Items = items,
        };
    }

    internal static Fact Count(string name, double value) => new() { Name = name, Value = value, Unit = "count" };

    private static EvidenceItem Item(JsonElement metric)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["__type__"] = Json.Text(metric, "type") ?? "" };
        if (metric.TryGetProperty("labels", out var values) && values.ValueKind == JsonValueKind.Object)
        {
            foreach (var label in values.EnumerateObject().Where(l => l.Value.ValueKind == JsonValueKind.Array).Take(30))
            {
                labels[label.Name] = label.Name == "le"
                    ? "+Inf"
                    : string.Join(
                        KnownMetric.Separator,
                        label.Value.EnumerateArray()
                            .Where(v => v.ValueKind == JsonValueKind.String)
                            .Select(v => v.GetString()!)
                            .Where(v => v.Length <= 200)
                            .Take(20));
            }
        }

        return new EvidenceItem { Kind = "metric", Text = Json.Text(metric, "name")!, Labels = labels };
    }
}

/// <summary>Reads find_changes.</summary>
internal sealed class ChangesReader : IToolReader
{
    private const int MaxChanges = 60;

    public string Tool => "find_changes";

    public EvidenceReading Read(EvidenceStep step, InvestigationSubject subject, JsonElement data)
    {
        // Deployments first: of many restarts only some are kept.
        var items = Json.List(data, "changes").Select(Item).OrderBy(i => IsVersion(i) ? 0 : 1).Take(MaxChanges).OrderByDescending(i => i.At).ToList();
        var deployments = items.Count(IsVersion);
        var latest = items.FirstOrDefault(IsVersion) ?? items.FirstOrDefault();
        return new EvidenceReading
        {
            Summary = latest is null
                ? $"{step.Title}: nothing."
                : $"{step.Title}: {Numbers.Write(items.Count, "count")} changes, {Numbers.Write(deployments, "count")} of them deployments; the latest: {latest.Text}{(latest.At is { } at ? $" (at {Numbers.Clock(at)})" : "")}.",
            Facts =
            [
                MetricsReader.Count("changes", items.Count), MetricsReader.Count("deployments", deployments),
                .. items
                    .Where(i => i.At is not null)
                    .Select(i => new Fact
                    {
                        Name = "change",
                        Value = Math.Round((i.At!.Value - subject.StartsAt).TotalSeconds),
                        Unit = "seconds_from_start",
                        At = i.At,
                        Labels = i.Labels,
                    }),
            ],
            Items = items,
        };
    }

    private static bool IsVersion(EvidenceItem item) => item.Kind is "deployment" or "rollback";

    private static EvidenceItem Item(JsonElement change)
    {
        var labels = Json.Labels(change);
        labels["__subject__"] = Json.Text(change, "subject") ?? "";
        return new EvidenceItem
        {
            Kind = Json.Text(change, "kind") ?? "annotation",
            Text = Json.Text(change, "summary") ?? "",
            At = Json.Time(change, "at"),
            Labels = labels,
            Link = Json.Text(change, "link", 2000),
        };
    }
}

/// <summary>Reads list_alerts: what else fires.</summary>
internal sealed class AlertsReader : IToolReader
{
    public string Tool => "list_alerts";

    public EvidenceReading Read(EvidenceStep step, InvestigationSubject subject, JsonElement data)
    {
        var alerts = Json.List(data, "alerts")
            .Select(a => (Labels: Json.Labels(a), At: Json.Time(a, "starts_at"), State: Json.Text(a, "state") ?? ""))
            .ToList();
        var others = alerts
            .Where(a => !(a.Labels.GetValueOrDefault("alertname") == subject.AlertName && ServiceLabels.ComponentOf(a.Labels, subject.ServiceLabel) == subject.Service))
            .ToList();
        return new EvidenceReading
        {
            Summary = $"{step.Title}: {Numbers.Write(others.Count, "count")}.",
            Facts = [MetricsReader.Count("other_alerts", others.Count)],
            Items = [.. others.Take(40).Select(a => new EvidenceItem
                {
                    Kind = "alert",
                    Text = $"{a.Labels.GetValueOrDefault("alertname", "alert")} ({a.State})",
                    At = a.At,
                    Labels = a.Labels,
                })],
        };
    }
}

/// <summary>Reads get_alert_history: how often this alert fired before, and whether it flaps.</summary>
internal sealed class HistoryReader : IToolReader
{
    public string Tool => "get_alert_history";

    public EvidenceReading Read(EvidenceStep step, InvestigationSubject subject, JsonElement data)
    {
        var earlier = Json.List(data, "episodes").Where(e => Json.Time(e, "starts_at") is { } at && at < subject.StartsAt.AddSeconds(-1)
            && Json.Labels(e) is var labels && ServiceLabels.ComponentOf(labels, subject.ServiceLabel) == subject.Service).ToList();
        var day = earlier.Count(e => Json.Time(e, "starts_at") > subject.StartsAt.AddDays(-1));
        var hour = earlier.Count(e => Json.Time(e, "starts_at") > subject.StartsAt.AddHours(-1));
        return new EvidenceReading
        {
            Summary = $"{step.Title}: {Numbers.Write(earlier.Count, "count")} earlier, {Numbers.Write(day, "count")} of them in the day and {Numbers.Write(hour, "count")} in the hour before.",
            Facts = [MetricsReader.Count("earlier", earlier.Count), MetricsReader.Count("earlier_day", day), MetricsReader.Count("earlier_hour", hour)],
            Items =
            [
                .. earlier
                    .Take(20)
                    .Select(e => new EvidenceItem
                    {
                        Kind = "episode",
                        Text = $"{Json.Text(e, "name") ?? "alert"} ({Json.Text(e, "status") ?? ""})",
                        At = Json.Time(e, "starts_at"),
                        Labels = Json.Labels(e),
                    }),
            ],
        };
    }
}

/// <summary>Reads find_similar_incidents: what they were and how they ended.</summary>
internal sealed class SimilarReader : IToolReader
{
    public string Tool => "find_similar_incidents";

    public EvidenceReading Read(EvidenceStep step, InvestigationSubject subject, JsonElement data)
    {
        var incidents = Json.List(data, "incidents").Take(10).ToList();
        var best = incidents.Count > 0 ? Json.Number(incidents[0], "similarity") ?? 0 : 0;
        return new EvidenceReading
        {
            Summary = incidents.Count == 0
                ? $"{step.Title}: none."
                : $"{step.Title}: {Numbers.Write(incidents.Count, "count")}, the nearest with a similarity of {Numbers.Write(best, null)}.",
            Facts =
            [
                MetricsReader.Count("incidents", incidents.Count),
                .. incidents.Select(i => new Fact
                    {
                        Name = "similarity",
                        Value = Json.Number(i, "similarity") ?? 0,
                        At = Json.Time(i, "starts_at"),
                        Labels = new Dictionary<string, string> { ["incident"] = Json.Text(i, "id") ?? "" },
                    }),
                .. incidents
                    .Where(i => Json.Number(i, "duration_seconds") is not null)
                    .Select(i => new Fact
                    {
                        Name = "duration",
                        Value = Json.Number(i, "duration_seconds")!.Value,
                        Unit = "seconds",
                        Labels = new Dictionary<string, string> { ["incident"] = Json.Text(i, "id") ?? "" },
                    }),
            ],
            Items =
            [
                .. incidents.Select(i => new EvidenceItem
                {
                    Kind = "incident",
                    Text = string.Join(
                        ". ",
                        new[] { Json.Text(i, "title"), Json.Text(i, "conclusion"), Json.Text(i, "outcome") }
                            .Where(t => !string.IsNullOrEmpty(t))
                            .Select(t => t!.TrimEnd('.'))),
                    At = Json.Time(i, "starts_at"),
                    Labels = new Dictionary<string, string> { ["incident"] = Json.Text(i, "id") ?? "" },
                }),
            ],
        };
    }
}

/// <summary>Reads get_silences.</summary>
internal sealed class SilencesReader : IToolReader
{
    public string Tool => "get_silences";

    public EvidenceReading Read(EvidenceStep step, InvestigationSubject subject, JsonElement data)
    {
        var silences = Json.List(data, "silences").ToList();
        return new EvidenceReading
        {
            Summary = $"{step.Title}: {Numbers.Write(silences.Count, "count")}.",
            Facts = [MetricsReader.Count("silences", silences.Count)],
            Items = [.. silences.Take(20).Select(s => new EvidenceItem
                {
                    Kind = "silence",
                    Text = $"{Json.Text(s, "comment")} ({Json.Text(s, "created_by")})",
                    At = Json.Time(s, "starts_at"),
                })],
        };
    }
}
