using System.Text.Json.Nodes;
using Nightwatch.Domain.Investigations.Queries;

namespace Nightwatch.Domain.Investigations.Planning;

/// <summary>The alert itself, what is known about it, what changed, and which metrics there are to ask for next.</summary>
internal static class FirstRound
{
    private static readonly TimeSpan Around = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static void Plan(StepList list, InvestigationSubject subject, DateTimeOffset now)
    {
        var start = subject.StartsAt;
        var end = now - start > TimeSpan.FromHours(1) ? start.AddHours(1) : now > start ? now : start.AddSeconds(1);
        Expression(list, subject, start, end);
        Availability(list, subject, start, end);
        Discovery(list, subject, start, end);
        Surroundings(list, subject, start, end);
        Logs(list, subject, start, end);
    }

    private static void Expression(StepList list, InvestigationSubject subject, DateTimeOffset start, DateTimeOffset end)
    {
        if (AlertExpression.Read(subject.Expression) is not { } expression)
        {
            list.NotAsked.Add(new UncheckedQuestion("The alert's own expression", "neither the alert's link nor the metric source's rules tell it"));
            return;
        }

        var step = Math.Max(2, (int)Math.Ceiling((end - start + Around).TotalSeconds / 150));
        list.Range(Topics.AlertExpression, "The alert's own expression around its start", expression.Measured, null, start - Around, end, step);
        list.Range(
            Topics.AlertHourBefore, "The same in the hour before", expression.Measured, null, start - Around - TimeSpan.FromHours(1), start - Around, 60);
        list.Range(Topics.AlertYesterday, "The same at this time yesterday", expression.Measured, null, start - Around - Day, end - Day, Math.Max(step, 15));
        list.Range(
            Topics.AlertLastWeek,
            "The same at this time last week",
            expression.Measured,
            null,
            start - Around - (7 * Day),
            end - (7 * Day),
            Math.Max(step, 15));
    }

    private static void Availability(StepList list, InvestigationSubject subject, DateTimeOffset start, DateTimeOffset end)
    {
        list.Range(
            Topics.Scrape, "How often targets are scraped, and since when", "max by (job) (count_over_time(up[1m]))", "count", start.AddHours(-1), end, 30);
        var scope = new QueryScope(subject, TimeSpan.FromMinutes(1));
        if (subject is { Service: { } service, ServiceLabel: { } label })
        {
            list.Range(
                Topics.Up,
                "Whether the service's targets answer",
                PromQl.Selector("up", [.. scope.Place, LabelCondition.Is(label, service)]),
                "up",
                start - Around,
                end,
                Step(start, end),
                service);
        }

        list.Range(Topics.Up, "Targets that do not answer", $"{Up(scope)} == 0", "up", start - Around, end, Step(start, end));
    }

    /// <summary>Of the same place only: a service of the same name elsewhere is another one.</summary>
    private static string Up(QueryScope scope) => PromQl.Selector("up", scope.Place);

    private static int Step(DateTimeOffset start, DateTimeOffset end) => Math.Max(5, (int)Math.Ceiling((end - start + Around).TotalSeconds / 150));

    private static void Discovery(StepList list, InvestigationSubject subject, DateTimeOffset start, DateTimeOffset end)
    {
        var scope = new QueryScope(subject, TimeSpan.FromMinutes(1));
        void Ask(string title, string selector) => list.Add(
            Topics.Discovery,
            title,
            "list_metrics",
            new JsonObject { ["selector"] = selector, ["start"] = StepList.Iso(start - Around), ["end"] = StepList.Iso(end), ["limit"] = 500 });

        if (subject is { Service: { } service, ServiceLabel: { } label })
        {
            Ask("Metrics of the service", PromQl.Selector(null, [.. scope.Place, LabelCondition.Is(label, service)]));
        }

        if (scope.HasPlace)
        {
            Ask("Metrics of everything around it", PromQl.Selector(null, scope.Place));
        }
        else
        {
            var label2 = subject.ServiceLabel ?? "job";
            Ask(
                "Request metrics of every service",
                PromQl.Selector(
                    null,
                    [LabelCondition.Matches(label2, ".+"), LabelCondition.Matches(
                        "__name__", ".*(request|client|rpc|handled|db_|quer|process_resident|process_cpu|process_.*_fds).*(total|bucket|bytes|fds)")]));
        }

        Ask("Hosts", PromQl.Selector(HostSignals.Probe, []));
    }

    private static void Surroundings(StepList list, InvestigationSubject subject, DateTimeOffset start, DateTimeOffset end)
    {
        var scope = new QueryScope(subject, TimeSpan.FromMinutes(1));
        var changes = new JsonObject { ["start"] = StepList.Iso(start.AddMinutes(-30)), ["end"] = StepList.Iso(end) };
        if (scope.HasPlace)
        {
            changes["selector"] = PromQl.Selector(null, scope.Place);
        }

        list.Add(Topics.Change, "What changed shortly before", "find_changes", changes);
        list.Add(Topics.Alerts, "Other alerts that fire now", "list_alerts", []);
        list.Add(
            Topics.History,
            "Earlier episodes of this alert",
            "get_alert_history",
            new JsonObject { ["alertname"] = subject.AlertName, ["start"] = StepList.Iso(start.AddDays(-14)), ["end"] = StepList.Iso(end), ["limit"] = 100 });
        list.Add(Topics.Silences, "Silences in force", "get_silences", new JsonObject { ["state"] = "active" });
        var labels = new JsonObject();
        foreach (var (name, value) in subject.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Take(30))
        {
            labels[name] = value;
        }

        list.Add(
            Topics.Similar,
            "Similar incidents of the past and what fixed them",
            "find_similar_incidents",
            new JsonObject { ["alertname"] = subject.AlertName, ["labels"] = labels, ["before"] = StepList.Iso(start), ["limit"] = 5 });
    }

    private static void Logs(StepList list, InvestigationSubject subject, DateTimeOffset start, DateTimeOffset end)
    {
        if (subject is { Service: { } service, ServiceLabel: { } label })
        {
            list.Add(
                Topics.Logs,
                "Error patterns in the service's logs",
                "query_logs",
                new JsonObject
                {
                    ["query"] = $"{PromQl.Selector(null, [LabelCondition.Is(label, service)])} |~ {PromQl.Quote("(?i)(error|exception|fail|timeout|panic|fatal|refused)")}",
                    ["start"] = StepList.Iso(start - Around),
                    ["end"] = StepList.Iso(end),
                    ["limit"] = 500,
                },
                component: service);
        }
    }
}
