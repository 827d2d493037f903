using System.Net.Http.Json;
using System.Text.Json;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Alertmanager;

/// <summary>Against a real Alertmanager, with alerts and silences made through its own API.</summary>
public sealed class AlertmanagerAlertSourceTests : IAsyncLifetime
{
    private const string Configuration = """
        route: {receiver: none, group_by: [alertname]}
        receivers: [{name: none}]
        inhibit_rules: [{source_matchers: [alertname="NodeDown"], target_matchers: [alertname="DiskFull"], equal: [instance]}]
        """;

    private AlertmanagerServer? server;
    private HttpClient? client;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await AlertmanagerServer.StartAsync(Configuration, Cancel);
        client = new HttpClient { BaseAddress = server.Url };
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task ListAlerts_SilencedAndInhibitedOnes_AreThereWithTheReason()
    {
        var source = Sources.Get<IAlertSource>(("ALERTMANAGER_URL", server!.Url.AbsoluteUri));
        var silence = await SilenceAsync("HighLatency", isEqual: true);
        await PostAlertsAsync("HighErrorRate", "HighLatency", "NodeDown", "DiskFull");

        var alerts = await Eventually.GetAsync(
            () => source.ListAlertsAsync(Cancel),
            a => a.Count == 4 && a.Count(x => x.State == "suppressed") == 2 && a.Count(x => x.State == "active") == 2);

        var byName = alerts.ToDictionary(a => a.Labels["alertname"]);
        Assert.Equal("active", byName["HighErrorRate"].State);
        Assert.Equal([silence], byName["HighLatency"].SilencedBy);
        Assert.Equal([byName["NodeDown"].Fingerprint], byName["DiskFull"].InhibitedBy);
        Assert.Matches("^[0-9a-f]{16}$", byName["HighErrorRate"].Fingerprint);
        Assert.Equal("it burns", byName["HighErrorRate"].Annotations["summary"]);
        Assert.Equal("http://prometheus/graph?g0.expr=up", byName["HighErrorRate"].GeneratorUrl);
        Assert.Equal(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), byName["HighErrorRate"].StartsAt);
        Assert.True(byName["HighErrorRate"].EndsAt > byName["HighErrorRate"].UpdatedAt);
    }

    [Fact]
    public async Task ListSilences_GivesMatchersAndWhoMadeThem()
    {
        var source = Sources.Get<IAlertSource>(("ALERTMANAGER_URL", server!.Url.AbsoluteUri));
        var id = await SilenceAsync("HighLatency", isEqual: false);

        var silence = Assert.Single(await source.ListSilencesAsync(Cancel));

        Assert.Equal((id, "active", "ann", "deploying"), (silence.Id, silence.State, silence.CreatedBy, silence.Comment));
        Assert.Equal(new SilenceMatcher("alertname", "HighLatency", IsRegex: false, IsEqual: false), Assert.Single(silence.Matchers));
    }

    [Fact]
    public async Task Tools_AlertsAndSilences_HaveTheDocumentedShape()
    {
        var catalog = Sources.Get<IToolCatalog>(("ALERTMANAGER_URL", server!.Url.AbsoluteUri), ("ALERTMANAGER_EXTERNAL_URL", "https://alerts.example"));
        var id = await SilenceAsync("HighLatency", isEqual: true);
        await PostAlertsAsync("HighErrorRate", "HighLatency");

        var suppressed = await Eventually.GetAsync(() => AskAsync(catalog, "list_alerts", """{"state":"suppressed"}"""), r => r.Status == ToolStatus.Success);
        var silences = await AskAsync(catalog, "get_silences", "{}");
        var expired = await AskAsync(catalog, "get_silences", """{"state":"expired"}""");

        var alert = Assert.Single(suppressed.Data!.Value.GetProperty("alerts").EnumerateArray());
        Assert.Equal(id, alert.GetProperty("silenced_by")[0].GetString());
        Assert.Equal("suppressed", alert.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Array, alert.GetProperty("inhibited_by").ValueKind);
        Assert.Equal("GET /api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true", suppressed.Invocation);
        Assert.StartsWith("https://alerts.example/#/alerts", suppressed.Link, StringComparison.Ordinal);
        var matcher = silences.Data!.Value.GetProperty("silences")[0].GetProperty("matchers")[0];
        Assert.Equal("""{"name":"alertname","value":"HighLatency","is_regex":false,"is_equal":true}""", matcher.GetRawText());
        Assert.Equal(ToolStatus.NoData, expired.Status);
    }

    [Fact]
    public async Task Refusals_KeepTheirMessage()
    {
        await using var fake = await FakeServer.StartAsync(FakeServer.Json("\"bad matcher format\"", 400), Cancel);
        var source = Sources.Get<IAlertSource>(("ALERTMANAGER_URL", fake.Url.AbsoluteUri));

        var failure = await Assert.ThrowsAsync<SourceException>(() => source.ListSilencesAsync(Cancel));

        Assert.Equal(SourceFailure.BadRequest, failure.Failure);
        Assert.Equal("alertmanager: bad matcher format (400)", failure.Message);
    }

    private async Task PostAlertsAsync(params string[] names)
    {
        var alerts = names.Select(n => new
        {
            labels = new { alertname = n, instance = "a" },
            annotations = new { summary = "it burns" },
            startsAt = "2026-11-01T00:00:00Z",
            generatorURL = "http://prometheus/graph?g0.expr=up",
        });
        using var response = await client!.PostAsJsonAsync("api/v2/alerts", alerts, Cancel);
        response.EnsureSuccessStatusCode();
    }

    private async Task<string> SilenceAsync(string alertName, bool isEqual)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var response = await client!.PostAsJsonAsync(
            "api/v2/silences",
            new
            {
                matchers = new[] { new { name = "alertname", value = alertName, isRegex = false, isEqual } },
                startsAt = now,
                endsAt = now.AddHours(1),
                createdBy = "ann",
                comment = "deploying",
            },
            Cancel);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("silenceID").GetString()!;
    }

    private static Task<ToolResult> AskAsync(IToolCatalog catalog, string name, string arguments) => catalog.InvokeAsync(
        new ToolRequest { Name = name, Caller = Callers.With("default", Scope.Everywhere, Permission.ReadAlerts), Arguments = arguments },
        Cancel);
}
