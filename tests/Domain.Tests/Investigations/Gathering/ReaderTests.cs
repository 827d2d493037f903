using System.Text.Json;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Investigations.Gathering;

namespace Nightwatch.Domain.Tests.Investigations.Gathering;

public sealed class ReaderTests
{
    private static readonly IToolReader[] Readers =
        [new RangeReader(), new SamplesReader(), new MetricsReader(), new ChangesReader(), new AlertsReader(), new HistoryReader(), new SimilarReader(), new SilencesReader(), new LogsReader()];

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"series":1,"metrics":{},"changes":"x","alerts":null,"episodes":[1],"incidents":[null],"silences":["s"],"lines":[{}],"samples":[[]]}""")]
    [InlineData("""{"series":[{"labels":{"a":1},"points":[[1],[2,null],["x",3],[99999999999999,1],null]}],"changes":[{"at":5}],"lines":[{"line":7}],"samples":[{"value":"NaN"}]}""")]
    public void Read_DataOfAnotherShape_IsReadAsFarAsItGoes(string json)
    {
        var data = JsonDocument.Parse(json).RootElement;

        Assert.All(Readers, r => Assert.NotEmpty(r.Read(Step(Topics.Errors, r.Tool), Boards.Subject(), data).Summary));
    }

    [Fact]
    public void Read_Range_GivesLevelsOnsetAndASentenceOfItsFacts()
    {
        var zero = Boards.Start.ToUnixTimeSeconds();
        var points = Enumerable.Range(-30, 33).Select(i => new double?[] { zero + (i * 5), i < -6 ? 0 : 0.315 });
        var reading = Read(new RangeReader(), Topics.Errors, new { series = new[] { new { labels = new Dictionary<string, string> { ["service"] = "payment" }, points } } }, "ratio");

        Assert.Equal(0, reading.Facts.First(f => f.Name == "before").Value);
        Assert.Equal(0.315, reading.Facts.First(f => f.Name == "during").Value);
        Assert.Equal(-30, reading.Facts.First(f => f.Name == "onset").Value);
        Assert.Equal("errors of the service: payment rose from 0 % to 31.5 % (since 10:59:30 UTC).", reading.Summary);
    }

    /// <summary>Trouble until 60 s before the start, in a rate over 20 s: it fades by 40 s before. What began at the start has three points.</summary>
    [Theory]
    [InlineData(20, 0)]
    [InlineData(0, 0.3)]
    public void Read_Range_EarlierTroubleAndWhatTheWindowRemembersOfItAreNoBaseline(int window, double before)
    {
        var zero = Boards.Start.ToUnixTimeSeconds();
        var points = Enumerable.Range(-20, 23).Select(i => new double?[] { zero + (i * 5), i < -8 ? 0.3 : i < 0 ? 0 : 0.2 });
        var data = JsonSerializer.SerializeToElement(new { series = new[] { new { labels = new Dictionary<string, string> { ["service"] = "payment" }, points } } });
        var reading = new RangeReader().Read(
            Step(Topics.Errors, "query_metrics_range") with { Unit = "ratio", WindowSeconds = window }, Boards.Subject() with { QuietSince = Boards.Start.AddSeconds(-60) }, data);

        Assert.Equal(before, Value(reading, "before"));
        if (window > 0)
        {
            Assert.Equal(0.2, Value(reading, "during"));
            Assert.Equal(0, Value(reading, "onset"));
        }
    }

    [Fact]
    public void Read_Logs_CountsPatternsAndNotLines()
    {
        var lines = Enumerable.Range(0, 50).Select(i => new { at = Boards.Start, labels = new { service = "payment" }, line = $"order {i} failed after {i * 3} ms" })
            .Append(new { at = Boards.Start, labels = new { service = "payment" }, line = "pool exhausted" });
        var reading = Read(new LogsReader(), Topics.Logs, new { lines, total = 51 }, null);

        Assert.Equal("order # failed after # ms", reading.Items[0].Text);
        Assert.Equal(50, reading.Facts.First(f => f.Name == "pattern").Value);
        Assert.Equal(2, reading.Facts.First(f => f.Name == "patterns").Value);
    }

    [Fact]
    public void Read_Metrics_KeepsKnownOnesWithTheirLabels()
    {
        var reading = Read(new MetricsReader(), Topics.Discovery, new { metrics = new object[] { new { name = "http_requests_total", type = "counter", labels = new { code = new[] { "200", "500" } } }, new { name = "weather_degrees", type = "gauge" } } }, null);

        Assert.Equal("http_requests_total", Assert.Single(reading.Items).Text);
        Assert.Equal(2, reading.Facts.First(f => f.Name == "metrics").Value);
    }

    [Fact]
    public void Read_Lists_CountWhatTheyHold()
    {
        var at = Boards.Start.AddMinutes(-20);
        var changes = Read(new ChangesReader(), Topics.Change, new { changes = new object[] { new { at, kind = "deployment", summary = "orders changed", subject = "orders", labels = new { service = "orders" } }, new { at, kind = "restart", summary = "x restarted", subject = "x" } } }, null);
        var alerts = Read(new AlertsReader(), Topics.Alerts, new { alerts = new object[] { new { labels = new { alertname = "HighErrors", service = "frontend" }, starts_at = at, state = "active" }, new { labels = new { alertname = "Other" }, starts_at = at, state = "active" } } }, null);
        var history = Read(new HistoryReader(), Topics.History, new { episodes = new object[] { new { name = "HighErrors", status = "resolved", starts_at = at, labels = new { service = "frontend" } }, new { name = "HighErrors", status = "resolved", starts_at = at.AddDays(-3), labels = new { service = "frontend" } }, new { name = "HighErrors", starts_at = at, labels = new { service = "else" } } } }, null);
        var similar = Read(new SimilarReader(), Topics.Similar, new { incidents = new object[] { new { id = "i7", title = "HighErrors", similarity = 0.9, starts_at = at, duration_seconds = 600, conclusion = "payment failed", outcome = "Resolved after 10 min." } } }, null);
        var silences = Read(new SilencesReader(), Topics.Silences, new { silences = new object[] { new { id = "s", comment = "works", created_by = "ann", starts_at = at } } }, null);
        var samples = Read(new SamplesReader(), "x", new { samples = new object[] { new { labels = new { a = "b" }, value = 2.5, at } } }, "seconds");

        Assert.Equal((2, 1), (Value(changes, "changes"), Value(changes, "deployments")));
        Assert.Equal(1, Value(alerts, "other_alerts"));
        Assert.Equal((2, 1, 1), (Value(history, "earlier"), Value(history, "earlier_day"), Value(history, "earlier_hour")));
        Assert.Equal((1, 600), (Value(similar, "incidents"), Value(similar, "duration")));
        Assert.Equal("HighErrors. payment failed. Resolved after 10 min", similar.Items[0].Text);
        Assert.Equal(1, Value(silences, "silences"));
        Assert.Equal("x of the service: 2.5 s.", samples.Summary);
    }

    private static double Value(EvidenceReading reading, string name) => reading.Facts.First(f => f.Name == name).Value;

    private static EvidenceReading Read(IToolReader reader, string topic, object data, string? unit) =>
        reader.Read(Step(topic, reader.Tool) with { Unit = unit }, Boards.Subject(), JsonSerializer.SerializeToElement(data));

    private static EvidenceStep Step(string topic, string tool) => new() { Id = "s", Round = 1, Title = $"{topic.Split('.')[^1]} of the service", Topic = topic, Tool = tool, Arguments = "{}" };
}
