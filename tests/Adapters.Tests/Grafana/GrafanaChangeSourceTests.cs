using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Adapters.Tests.Grafana;

/// <summary>The fake answers as grafana.com/docs describes GET /api/annotations.</summary>
public sealed class GrafanaChangeSourceTests
{
    private const string Annotations = """
        [
          {"id":1,"alertId":0,"dashboardUID":"shop","panelId":3,"time":1795003200000,"timeEnd":1795003260000,"text":"orders 1.5.0\n<b>rolled out</b>","tags":["deployment","service:orders"],"login":"ci"},
          {"id":2,"dashboardUID":"","panelId":0,"time":1795003500000,"text":"","tags":["maintenance","env=prod"]},
          {"id":3,"time":1795003400000,"tags":null}
        ]
        """;

    private static readonly TimeWindow Window = new(DateTimeOffset.FromUnixTimeMilliseconds(1795003100000), DateTimeOffset.FromUnixTimeMilliseconds(1795003600000));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FindChanges_Annotations_BecomeChangesNewestFirst()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json(Annotations), Cancel);
        var source = Sources.Get<IChangeSource>(("GRAFANA_URL", server.Url.AbsoluteUri), ("GRAFANA_TOKEN", "glsa_secret"), ("GRAFANA_EXTERNAL_URL", "https://grafana.example"));

        var changes = await source.FindChangesAsync(Window, Cancel);

        Assert.Equal(["maintenance, env=prod", "", "orders 1.5.0 <b>rolled out</b>"], changes.Select(c => c.Summary));
        var deployment = changes[^1];
        Assert.Equal(("deployment", "orders"), (deployment.Kind, deployment.Subject));
        Assert.Equal("orders", deployment.Labels["service"]);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1795003200000), deployment.At);
        Assert.Equal("https://grafana.example/d/shop?from=1795001400000&to=1795005000000&viewPanel=3", deployment.Link);
        Assert.Equal("annotation", changes[0].Kind);
        Assert.Equal("prod", changes[0].Labels["env"]);
        var request = Assert.Single(server.Requests);
        Assert.Equal("/api/annotations?from=1795003100000&to=1795003600000&limit=500&type=annotation", request.PathAndQuery);
        Assert.Equal("GET " + request.PathAndQuery, deployment.Invocation);
        Assert.Equal("Bearer glsa_secret", request.Headers["Authorization"]);
    }

    [Fact]
    public async Task FindChanges_Refused_KeepsGrafanasMessage()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json("""{"message":"invalid from","traceID":""}""", 400), Cancel);

        var failure = await Assert.ThrowsAsync<SourceException>(() => Sources.Get<IChangeSource>(("GRAFANA_URL", server.Url.AbsoluteUri)).FindChangesAsync(Window, Cancel));

        Assert.Equal((SourceFailure.BadRequest, "grafana: invalid from (400)"), (failure.Failure, failure.Message));
    }

    [Theory]
    [InlineData("""{"message":"not a list"}""")]
    [InlineData("[null]")]
    [InlineData("""[{"text":"no time"}]""")]
    public async Task FindChanges_WrongForm_IsBadAnswer(string json)
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json(json), Cancel);

        var failure = await Assert.ThrowsAsync<SourceException>(() => Sources.Get<IChangeSource>(("GRAFANA_URL", server.Url.AbsoluteUri)).FindChangesAsync(Window, Cancel));

        Assert.Equal(SourceFailure.BadAnswer, failure.Failure);
    }
}
