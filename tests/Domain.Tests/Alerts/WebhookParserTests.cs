using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Serialization;

namespace Nightwatch.Domain.Tests.Alerts;

public sealed class WebhookParserTests(ITestOutputHelper output)
{
    private readonly AlertsWorld world = new();

    [Theory]
    [InlineData("", 400, null)]
    [InlineData("{", 400, null)]
    [InlineData("[]", 400, null)]
    [InlineData("7", 400, null)]
    [InlineData("""{"alerts":[]}""", 400, "version")]
    [InlineData("""{"version":"3","alerts":[]}""", 400, "version")]
    [InlineData("""{"version":4,"alerts":[]}""", 400, "version")]
    [InlineData("""{"version":"\ud800","alerts":[]}""", 400, "version")]
    [InlineData("""{"version":"4"}""", 400, "alerts")]
    [InlineData("""{"\ud800lerts":1,"version":"4","alerts":[]}""", 400, null)]
    [InlineData("""{"version":"4","alerts":{}}""", 400, "alerts")]
    [InlineData("""{"version":"4","alerts":[],"truncatedAlerts":-1}""", 400, "truncatedAlerts")]
    [InlineData("""{"version":"4","alerts":[],"truncatedAlerts":"many"}""", 400, "truncatedAlerts")]
    [InlineData("""{"version":"4","alerts":[],"groupKey":[]}""", 400, "groupKey")]
    [InlineData("""{"a":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}""", 400, null)]
    public async Task IngestAsync_BadEnvelope_IsRefusedWithTheField(string body, int status, string? field)
    {
        var refusal = (await world.IngestAsync(AlertFormat.Alertmanager, body)).Refusal;
        Assert.Equal((status, field), (refusal!.Status, refusal.Field));
        Assert.Single(world.FindingDocuments.All(AlertsWorld.Tenant));
    }

    [Fact]
    public async Task IngestAsync_CompressedBody_IsRefusedWithWhatToDo()
    {
        using var body = new MemoryStream();
        using (var gzip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("""{"version":"4","alerts":[]}"""u8);
        }

        var outcome = await world.Ingest.IngestAsync(AlertsWorld.Tenant, AlertFormat.Alertmanager, body.ToArray(), TestContext.Current.CancellationToken);

        Assert.Equal(415, outcome.Refusal!.Status);
        Assert.Contains("send it plain", outcome.Refusal.Message, StringComparison.Ordinal);
        Assert.True(outcome.WantsReconciliation);
    }

    [Theory]
    [InlineData(AlertFormat.Alertmanager, """{"version":"4","truncatedAlerts":null,"alerts":[ALERT]}""")]
    [InlineData(AlertFormat.Generic, """{"truncatedAlerts":"some","groupKey":7,"alerts":[ALERT]}""")]
    public async Task IngestAsync_EnvelopeThatSaysNothing_KeepsTheAlerts(AlertFormat format, string body)
    {
        var outcome = await world.IngestAsync(format, body.Replace("ALERT", """{"status":"firing","labels":{"alertname":"a"},"startsAt":"2026-03-04T11:00:00Z"}""", StringComparison.Ordinal));

        Assert.Equal((1, 0), (outcome.Accepted.Count, outcome.Truncated));
    }

    [Theory]
    [InlineData("\"labels\":{\"alertname\":\"a\"}", "\"labels\":{\"alertname\":null}", "labels.alertname")]
    [InlineData("\"labels\":{\"alertname\":\"a\"}", "\"labels\":[]", "labels")]
    [InlineData("\"labels\":{\"alertname\":\"a\"}", "\"labels\":{\"\":\"a\"}", "labels.")]
    [InlineData("\"labels\":{\"alertname\":\"a\"}", "\"labels\":{\"a\":\"\\ud800\"}", "labels.a")]
    [InlineData("\"labels\":{\"alertname\":\"a\"}", "\"labels\":{\"a\":\"\"}", "labels")]
    [InlineData("\"firing\"", "\"FIRING\"", "status")]
    [InlineData("\"firing\"", "null", "status")]
    [InlineData("2026-03-04T11:00:00Z", "2026-03-04T11:00:00", "startsAt")]
    [InlineData("2026-03-04T11:00:00Z", "0001-01-01T00:00:00Z", "startsAt")]
    [InlineData("2026-03-04T11:00:00Z", "1999-01-01T00:00:00Z", "startsAt")]
    [InlineData("2026-03-04T11:00:00Z", "2026-03-05T12:00:01Z", "startsAt")]
    [InlineData("2026-03-04T11:00:00Z", "yesterday", "startsAt")]
    [InlineData("\"annotations\":{}", "\"annotations\":{\"a\":1}", "annotations.a")]
    [InlineData("\"annotations\":{}", "\"annotations\":7", "annotations")]
    [InlineData("\"fingerprint\":\"\"", "\"fingerprint\":\"xyz\"", "fingerprint")]
    [InlineData("\"fingerprint\":\"\"", "\"fingerprint\":5", "fingerprint")]
    [InlineData("\"endsAt\":null", "\"endsAt\":5", "endsAt")]
    public async Task IngestAsync_BadField_IsNamed(string good, string bad, string field)
    {
        const string alert = """{"status":"firing","labels":{"alertname":"a"},"annotations":{},"startsAt":"2026-03-04T11:00:00Z","endsAt":null,"fingerprint":""}""";
        Assert.Contains(good, alert, StringComparison.Ordinal);
        var body = $$"""{"version":"4","alerts":[{{alert}},{{alert.Replace(good, bad, StringComparison.Ordinal)}}]}""";
        var outcome = await world.IngestAsync(AlertFormat.Alertmanager, body);
        Assert.Equal($"alerts[1].{field}", Assert.Single(outcome.Rejected).Field);
        Assert.Single(outcome.Accepted);
    }

    [Fact]
    public async Task IngestAsync_TooLargeOrTooMany_IsRefusedWith413()
    {
        world.Intake.MaxAlerts = 3;
        world.Intake.MaxBodyBytes = 2000;
        var four = "{\"version\":\"4\",\"alerts\":[" + string.Join(',', Enumerable.Repeat("{}", 4)) + "]}";
        Assert.Equal(413, (await world.IngestAsync(AlertFormat.Alertmanager, four)).Refusal!.Status);
        Assert.Equal(413, (await world.IngestAsync(AlertFormat.Alertmanager, new string(' ', 2001))).Refusal!.Status);
        var invalid = await world.Ingest.IngestAsync(AlertsWorld.Tenant, AlertFormat.Generic, new byte[] { (byte)'"', 0xff, (byte)'"' }, TestContext.Current.CancellationToken);
        Assert.Equal(400, invalid.Refusal!.Status);
    }

    [Fact]
    public async Task IngestAsync_AsMuchTextAsIsTaken_StaysFarBelowADocumentOfTwoMegabytes()
    {
        // Each unit takes six bytes as JSON, the most that one can.
        var full = string.Concat(Enumerable.Repeat("\ud83d\ude00", 2048));
        string Many(string name, int count, int times) =>
            string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{name}{i}\":\"{string.Concat(Enumerable.Repeat(full, times))}\""));
        var body = $$$"""
            {"alerts":[{"name":"most","labels":{{{{Many("l", 31, 1)}}}},"annotations":{{{{Many("a", 60, 4)}}}}},
            {"name":"more","labels":{{{{Many("l", 33, 1)}}}}},
            {"name":"plain"}]}
            """;

        var outcome = await world.IngestAsync(AlertFormat.Generic, body);

        Assert.Equal([1], outcome.Rejected.Select(r => r.Index));
        var taken = world.Episodes.All(AlertsWorld.Tenant);
        Assert.Equal(2, taken.Count);
        Assert.All(taken, e => Assert.True(JsonSerializer.SerializeToUtf8Bytes(e, NightwatchJson.Options).Length < 3 << 19));
        Assert.Equal(64 * 1024, taken.Single(e => e.Name == "most").Annotations.Values.Sum(v => v.Length));
    }

    [Fact]
    public async Task IngestAsync_ManyOrLongLabelsAndAnnotations_AreBounded()
    {
        var labels = string.Join(',', Enumerable.Range(0, 65).Select(i => $"\"l{i}\":\"v\""));
        var body = $$$"""
            {"alerts":[{"labels":{"alertname":"a",{{{labels}}}}},
            {"name":"b","labels":{"long":"{{{new string('x', 4097)}}}"}},
            {"name":"c","annotations":{"long":"{{{new string('x', 20000)}}}"}},
            {"name":"d","labels":{"{{{new string('n', 300)}}}":"x"}}]}
            """;
        var outcome = await world.IngestAsync(AlertFormat.Generic, body);
        Assert.Equal([0, 1, 3], outcome.Rejected.Select(r => r.Index));
        Assert.Equal(16 * 1024, Assert.Single(world.Episodes.All(AlertsWorld.Tenant)).Annotations["long"].Length);
    }

    [Fact]
    public async Task IngestAsync_ControlsAndBadLinks_AreCleanedWithoutChangingTheIdentity()
    {
        const string body = """{"alerts":[{"labels":{"alertname":"a\u0000\u001b[31m","x":"b\u202ec\nd"},"annotations":{"t":"1\n2\u0007"},"url":"javascript:alert(1)"}]}""";
        var accepted = Assert.Single((await world.IngestAsync(AlertFormat.Generic, body)).Accepted);
        var episode = world.Episode(accepted.EpisodeId!);
        Assert.Equal(("a  [31m", "b c d", "1\n2 ", null), (episode.Name, episode.Labels["x"], episode.Annotations["t"], episode.GeneratorUrl));
        Assert.Equal(AlertFingerprint.Of(new Dictionary<string, string> { ["alertname"] = "a\0\u001b[31m", ["x"] = "b\u202ec\nd" }), accepted.Fingerprint);
    }

    [Fact]
    public async Task IngestAsync_GrafanaWebhook_KeepsItsLinks()
    {
        const string body = """
            {"receiver":"nw","status":"firing","orgId":1,"version":"1","groupKey":"{}:{alertname=\"HighMem\"}","truncatedAlerts":0,"title":"[FIRING:1]","state":"alerting","message":"m",
             "alerts":[{"status":"firing","labels":{"alertname":"HighMem","team":"blue"},"annotations":{"summary":"s"},"startsAt":"2026-03-04T09:51:03.157076+02:00","endsAt":"0001-01-01T00:00:00Z",
              "generatorURL":"https://g.example/alerting/1/edit","fingerprint":"C6EADFFA33FCDF37","silenceURL":"https://g.example/silence","dashboardURL":"","panelURL":"https://g.example/d/1?viewPanel=2",
              "values":{"B":44.2,"C":1},"valueString":"[ var='B' value=44.2 ]","imageURL":"file:///etc/passwd"}]}
            """;
        var accepted = Assert.Single((await world.IngestAsync(AlertFormat.Grafana, body)).Accepted);
        var episode = world.Episode(accepted.EpisodeId!);
        Assert.Equal(("c6eadffa33fcdf37", "grafana", AlertStatus.Firing), (episode.Fingerprint, episode.Source, episode.Status));
        Assert.Equal(["panel_url", "silence_url", "summary", "value_string"], episode.Annotations.Keys.Order());
        Assert.Contains("legacy", (await world.IngestAsync(AlertFormat.Grafana, """{"ruleName":"x","state":"alerting"}""")).Refusal!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"a"}""", 1)]
    [InlineData("""[{"name":"a"},{"name":"b"}]""", 2)]
    [InlineData("""{"alerts":[{"labels":{"alertname":"a","n":5,"t":true}}]}""", 1)]
    [InlineData("\uFEFF{\"name\":\"a\"}", 1)]
    [InlineData("""{"alerts":[]}""", 0)]
    public async Task IngestAsync_GenericForms_AreTaken(string body, int count) =>
        Assert.Equal(count, (await world.IngestAsync(AlertFormat.Generic, body)).Accepted.Count);

    [Theory]
    [InlineData("""{"service":"a"}""", "name")]
    [InlineData("""{"name":{}}""", "name")]
    [InlineData("""{"name":"a","service":[]}""", "service")]
    [InlineData("""{"name":"a","summary":{}}""", "summary")]
    [InlineData("""{"name":"a","status":"broken"}""", "status")]
    public async Task IngestAsync_GenericSingleBad_NamesTheFieldWithoutAnIndex(string body, string field) =>
        Assert.Equal(field, (await world.IngestAsync(AlertFormat.Generic, body)).Refusal!.Field);

    [Fact]
    public async Task IngestAsync_MutatedBodies_AreTakenOrRefusedButNeverThrow()
    {
        var random = new Random(11);
        var good = Encoding.UTF8.GetBytes(WebhookAlert.Webhook("{}:{a=\"b\"}", WebhookAlert.Firing(world.Clock.Now, ("alertname", "a"), ("x", "grüße 😀 \\u00e4"))));
        foreach (var format in Enum.GetValues<AlertFormat>())
        {
            for (var i = 0; i < 3000; i++)
            {
                var body = good.ToArray();
                for (var changes = 1 + random.Next(4); changes > 0; changes--)
                {
                    body[random.Next(body.Length)] = "{}[]\",:\\u0d8ntf-19Z\u00ff"u8[random.Next(18)];
                }

                var outcome = await world.Ingest.IngestAsync(AlertsWorld.Tenant, format, body, TestContext.Current.CancellationToken);
                Assert.True(outcome.Accepted.Count > 0 || outcome.Refusal is not null || outcome.Rejected.Count == 0);
            }
        }
    }

    [Fact]
    public void Parse_TenAlerts_ReportsItsCost()
    {
        var alerts = Enumerable.Range(0, 10).Select(i => WebhookAlert.Firing(world.Clock.Now, ("alertname", "HighErrorRate"), ("service", $"payment-{i}"), ("severity", "critical"), ("namespace", "shop"), ("instance", "10.0.0.1:8080"), ("job", "payment"), ("cluster", "eu-1"), ("team", "shop"))).ToArray();
        var body = Encoding.UTF8.GetBytes(WebhookAlert.Webhook("{}:{alertname=\"a\"}", alerts));
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 4000; i++)
        {
            var watch = Stopwatch.StartNew();
            var parsed = WebhookParser.Parse(AlertFormat.Alertmanager, body, world.Intake, world.Clock.Now);
            best = watch.Elapsed < best ? watch.Elapsed : best;
            Assert.Equal(10, parsed.Alerts.Count);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        WebhookParser.Parse(AlertFormat.Alertmanager, body, world.Intake, world.Clock.Now);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine(FormattableString.Invariant($"parse of 10 alerts ({body.Length} bytes): {best.TotalMicroseconds:0} us, {allocated} bytes allocated"));
        Assert.InRange(allocated, 1, 200_000);
    }
}
