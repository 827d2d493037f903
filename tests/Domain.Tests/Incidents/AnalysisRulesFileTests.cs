using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tests.Alerts;

namespace Nightwatch.Domain.Tests.Incidents;

public sealed class AnalysisRulesFileTests
{
    private static readonly DateTimeOffset Wednesday = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Decide_OrderedRules_FirstMatchWins()
    {
        var rules = AnalysisRulesFile.Parse("""
            rules:
              - name: night
                match: ['service=~"batch-.*"']
                time: { days: [wed], from: "22:00", to: "06:00" }
                investigate: false
              - name: pay
                match: ['namespace="payments"', 'team!="x"']
                severity: [critical, page, error]
                source: alertmanager
                investigate: true
                depth: deep
                model: big
                reason: money
              - { name: rest, investigate: true, depth: quick }
            """);
        Assert.Empty(rules.Problems);
        var batch = Episode(("service", "batch-1"));
        Assert.Equal("rest", rules.Value!.Decide(batch, Wednesday).Rule);
        Assert.Equal("night", rules.Value.Decide(batch, Wednesday.AddHours(11)).Rule);
        // Thursday 05:00 belongs to Wednesday's night; Thursday 23:00 is no Wednesday.
        Assert.False(rules.Value.Decide(batch, Wednesday.AddHours(17)).Investigate);
        Assert.Equal("rest", rules.Value.Decide(batch, Wednesday.AddHours(35)).Rule);
        var pay = rules.Value.Decide(Episode(("namespace", "payments"), ("severity", "PAGE")), Wednesday);
        Assert.Equal((true, InvestigationDepth.Deep, "big", "pay"), (pay.Investigate, pay.Depth, pay.Model!, pay.Rule));
        Assert.Equal(InvestigationDepth.Quick, rules.Value.Decide(Episode(("namespace", "payments"), ("severity", "info")), Wednesday).Depth);
    }

    [Theory]
    [InlineData("critical", true)]
    [InlineData("error", true)]
    [InlineData("warning", true)]
    [InlineData("", true)]
    [InlineData("unheard-of", true)]
    [InlineData("info", false)]
    [InlineData("none", false)]
    public void Decide_DefaultRules_BySeverity(string severity, bool investigate) =>
        Assert.Equal(investigate, AnalysisRules.Default.Decide(Episode(("severity", severity)), Wednesday).Investigate);

    [Theory]
    [InlineData("Watchdog", false)]
    [InlineData("InfoInhibitor", false)]
    [InlineData("WatchdogDown", true)]
    public void Decide_DefaultRules_ByName(string name, bool investigate) =>
        Assert.Equal(investigate, AnalysisRules.Default.Decide(Episode(("alertname", name), ("severity", "critical")), Wednesday).Investigate);

    [Fact]
    public void Decide_NothingMatches_IsNotInvestigated() =>
        Assert.Equal((false, "no rule matched"), (new AnalysisRules([]).Decide(Episode(), Wednesday).Investigate, new AnalysisRules([]).Decide(Episode(), Wednesday).Rule));

    [Theory]
    [InlineData("", 0, "empty")]
    [InlineData("rules: []", 1, "1 to 500")]
    [InlineData("rules:\n  - name: a\n    investigate: maybe", 3, "true or false")]
    [InlineData("rules:\n  - name: a", 2, "needs investigate")]
    [InlineData("rules:\n  - investigate: true", 2, "needs a name")]
    [InlineData("rules:\n  - name: a\n    investigate: true\n    depth: profound", 4, "quick, standard or deep")]
    [InlineData("rules:\n  - name: a\n    investigate: true\n    match: ['x=~\"(\"']", 4, "not a regular expression")]
    [InlineData("rules:\n  - name: a\n    investigate: true\n    serverity: [critical]", 4, "unknown key 'serverity'")]
    [InlineData("rules:\n  - name: a\n    investigate: true\n    severity: [awful]", 4, "not a severity")]
    [InlineData("rules:\n  - name: a\n    investigate: true\n    source: [nagios]", 4, "not a source")]
    [InlineData("rules:\n  - name: a\n    investigate: true\n  - name: a\n    investigate: true", 4, "two rules")]
    [InlineData("rules:\n  - name: a\n    investigate: true\n    time: { from: \"8\", to: \"10:00\", timeZone: Nowhere }", 4, "Nowhere")]
    [InlineData("rules:\n  - name: a\n    investigate: true\n    match: { a: b }", 4, "list of texts")]
    [InlineData("rules:\n  - name: [a]\n    investigate: true", 2, "must be text")]
    [InlineData("- rules", 1, "must be a map")]
    [InlineData("a: &x [1]\nb: [*x, *x]", 1, "anchors")]
    public void Parse_Wrong_SaysLineAndFix(string yaml, int line, string message)
    {
        var parsed = AnalysisRulesFile.Parse(yaml);
        Assert.Null(parsed.Value);
        Assert.Contains(parsed.Problems, p => p.Line == line && p.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lists_FiltersPagesAndBadArguments_AreHonoured()
    {
        var cancel = TestContext.Current.CancellationToken;
        var world = new AlertsWorld();
        var alerts = Enumerable.Range(0, 7).Select(i => WebhookAlert.Firing(world.Clock.Now.AddMinutes(-i * 20), ("alertname", "A"), ("service", $"s{i}"))).ToArray();
        await world.TakeAsync(alerts);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.TakeAsync(alerts[0].Resolved(world.Clock.Now));
        var incidents = new ListIncidents(world.IncidentDocuments);
        var first = await incidents.ListAsync(AlertsWorld.Everybody, new IncidentFilter { Status = IncidentStatus.Open, PageSize = 4 }, cancel);
        var second = await incidents.ListAsync(AlertsWorld.Everybody, new IncidentFilter { Status = IncidentStatus.Open, PageSize = 4, ContinuationToken = first.ContinuationToken }, cancel);
        Assert.Equal((4, 2, null), (first.Items.Count, second.Items.Count, second.ContinuationToken));
        Assert.Equal(first.Items.OrderByDescending(i => i.StartsAt), first.Items);
        await Assert.ThrowsAsync<ArgumentException>(() => incidents.ListAsync(AlertsWorld.Everybody, new IncidentFilter { PageSize = 0 }, cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => incidents.ListAsync(AlertsWorld.Everybody, new IncidentFilter { StartedFrom = Wednesday, StartedBefore = Wednesday }, cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => incidents.ListAsync(AlertsWorld.Everybody, new IncidentFilter { ContinuationToken = "x" }, cancel));

        var episodes = new ListEpisodes(world.Episodes);
        Assert.Equal(6, (await episodes.ListAsync(AlertsWorld.Everybody, new EpisodeFilter { Status = AlertStatus.Firing }, cancel)).Items.Count);
        Assert.Single((await episodes.ListAsync(AlertsWorld.Everybody, new EpisodeFilter { Fingerprint = alerts[1].Fingerprint.ToUpperInvariant() }, cancel)).Items);
        Assert.Equal(2, (await episodes.ListAsync(AlertsWorld.Everybody, new EpisodeFilter { StartedFrom = alerts[2].StartsAt, StartedBefore = alerts[0].StartsAt }, cancel)).Items.Count);
        await Assert.ThrowsAsync<ArgumentException>(() => episodes.ListAsync(AlertsWorld.Everybody, new EpisodeFilter { Fingerprint = "no" }, cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => episodes.ListAsync(AlertsWorld.Everybody, new EpisodeFilter { Fingerprint = alerts[1].Fingerprint, IncidentId = "i" }, cancel));

        var read = await new ReadIncident(world.IncidentDocuments, world.Episodes).ReadAsync(AlertsWorld.Everybody, first.Items[0].Id, cancel);
        Assert.Equal((first.Items[0].Id, 1, false), (read!.Incident.Id, read.Episodes.Count, read.HasMoreEpisodes));
        Assert.Null(await new ReadIncident(world.IncidentDocuments, world.Episodes).ReadAsync(AlertsWorld.Everybody, "none", cancel));

        await world.IngestAsync(AlertFormat.Generic, "{");
        var findings = new ListFindings(world.FindingDocuments);
        Assert.Single((await findings.ListAsync(AlertsWorld.Everybody, FindingKinds.WebhookRefused, 10, null, cancel)).Items);
        Assert.Empty((await findings.ListAsync(AlertsWorld.Everybody, FindingKinds.AlertsTruncated, 10, null, cancel)).Items);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            world.Faults.Unavailable = true;
            await findings.ListAsync(AlertsWorld.Everybody, null, 10, null, cancel);
        });
    }

    private static AlertEpisode Episode(params (string Name, string Value)[] labels) => new()
    {
        Id = "e",
        Tenant = "t",
        Fingerprint = "f",
        Name = "A",
        Status = AlertStatus.Firing,
        Stage = EpisodeStage.Received,
        Labels = labels.ToDictionary(l => l.Name, l => l.Value),
        Annotations = new Dictionary<string, string>(),
        StartsAt = Wednesday,
        Source = "alertmanager",
        ReceivedAt = Wednesday,
        ChangedAt = Wednesday,
    };
}
