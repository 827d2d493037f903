using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Tests.Investigations;

/// <summary>Evidence by hand, for tests of single rules.</summary>
internal static class Boards
{
    public static readonly DateTimeOffset Start = new(2026, 3, 4, 11, 0, 0, TimeSpan.Zero);

    public static InvestigationSubject Subject(string service = "frontend", string? expression = null) => new()
    {
        AlertName = "HighErrors",
        Labels = new Dictionary<string, string> { ["service"] = service, ["namespace"] = "shop" },
        Expression = expression,
        StartsAt = Start,
        Service = service,
        ServiceLabel = "service",
        Namespace = "shop",
        AlertedServices = [service],
    };

    public static Investigation Investigation(InvestigationSubject subject, IReadOnlyList<Evidence> evidence) => new()
    {
        Id = "inv-1",
        Tenant = "t",
        IncidentId = "1",
        Title = "HighErrors: frontend",
        Status = InvestigationStatus.Gathering,
        Depth = Domain.Incidents.InvestigationDepth.Standard,
        ClaimedAt = Start.AddSeconds(5),
        Subject = subject,
        Steps = [.. evidence.Select(e => new EvidenceStep { Id = e.StepId, Round = 1, Title = e.Title, Topic = e.Topic, Tool = e.Tool, Arguments = "{}" })],
        RoundsPlanned = 3,
    };

    public static Evidence Answer(string topic, IEnumerable<Fact>? facts = null, IEnumerable<EvidenceItem>? items = null, string tool = "query_metrics_range", ToolStatus status = ToolStatus.Success, string number = "") => new()
    {
        Id = $"inv-1:{topic}{number}",
        Tenant = "t",
        InvestigationId = "inv-1",
        StepId = topic + number,
        Topic = topic,
        Title = topic,
        Tool = tool,
        Status = status,
        Invocation = $"query of {topic}",
        Link = "http://prometheus:9090/graph?g0.expr=x",
        Summary = $"{topic}.",
        Facts = [.. facts ?? []],
        Items = [.. items ?? []],
        RecordedAt = Start,
    };

    /// <summary>The facts of one series that went from one level to another some seconds after (or before) the alert's start.</summary>
    public static IEnumerable<Fact> Series(string service, double before, double during, string unit, double? onset = null, string? peer = null, double slope = 0, double trend = 0)
    {
        var labels = new Dictionary<string, string> { ["service"] = service };
        if (peer is not null)
        {
            labels["peer_service"] = peer;
        }

        Fact Make(string name, double value, DateTimeOffset? at = null) => new() { Name = name, Value = value, Unit = name == "onset" ? "seconds_from_start" : unit, Labels = labels, At = at };
        yield return Make("before", before);
        yield return Make("during", during);
        yield return Make("max", Math.Max(before, during));
        yield return Make("latest", during);
        yield return Make("spread", 0);
        if (onset is { } seconds)
        {
            yield return Make("onset", seconds, Start.AddSeconds(seconds));
        }

        if (slope > 0)
        {
            yield return Make("slope_per_hour", slope);
            yield return Make("trend", trend);
        }
    }

    public static EvidenceItem Change(string service, string kind, double seconds, string text) =>
        new() { Kind = kind, Text = text, At = Start.AddSeconds(seconds), Labels = new Dictionary<string, string> { ["service"] = service } };

    /// <summary>payment fails; frontend and orders suffer from it.</summary>
    public static IReadOnlyList<Evidence> PaymentFails(params EvidenceItem[] changes) =>
    [
        Answer(Topics.Errors, [.. Series("frontend", 0, 0.18, "ratio", -25), .. Series("orders", 0, 0.2, "ratio", -25), .. Series("payment", 0.001, 0.4, "ratio", -27)]),
        Answer(Topics.Latency, [.. Series("frontend", 0.05, 0.05, "seconds"), .. Series("orders", 0.04, 0.04, "seconds"), .. Series("payment", 0.02, 0.02, "seconds")]),
        Answer(Topics.ClientErrors, [.. Series("frontend", 0, 0.2, "ratio", -25, "orders"), .. Series("orders", 0, 0.4, "ratio", -26, "payment"), .. Series("payment", 0, 0, "ratio", null, "database")]),
        Answer(Topics.Change, items: changes, tool: "find_changes", status: changes.Length == 0 ? ToolStatus.NoData : ToolStatus.Success),
        Answer(Topics.Up, [.. Series("frontend", 1, 1, "up")]),
        Answer(Topics.AlertExpression, [.. Series("frontend", 0, 0.18, "ratio", -25)]),
    ];
}
