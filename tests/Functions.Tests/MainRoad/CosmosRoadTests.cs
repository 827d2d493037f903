using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Nightwatch.Support;
using Nightwatch.Support.Cosmos;

namespace Nightwatch.Functions.Tests.MainRoad;

/// <summary>The main road with Cosmos DB as the store: two processes of the product that share nothing but the account, the queues and the engine's file.</summary>
public sealed class CosmosRoadTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Webhook_OfAFiringAlert_EndsInAConcludedInvestigationInCosmos()
    {
        await using var cosmos = await CosmosGateway.StartAsync(TimeProvider.System, Stop);
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var prometheus = await PrometheusServer.StartAsync(
            "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: shop, static_configs: [{targets: ['127.0.0.1:9'], labels: {service: orders}}]}]", null, Stop);
        using var state = new ScratchDirectory();
        var settings = new Dictionary<string, string?>
        {
            ["PROMETHEUS_URL"] = prometheus.Url.ToString(),
            ["COSMOS_ENDPOINT"] = cosmos.Url.ToString(),
            ["COSMOS_KEY"] = CosmosGateway.Key,
            ["COSMOS_CREATE"] = "true",
        };
        await using var one = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, Stop);
        await using var other = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, Stop);
        Report("started", cosmos);

        using var webhook = Webhooks.Alertmanager("orders", [Webhooks.Firing("OrdersDown", "orders", Now.AddMinutes(-1))]);
        using var taken = await one.Http.PostAsync("api/alerts/alertmanager", webhook, Stop);
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        await Eventually.TrueAsync(
            async () => (await IncidentAsync(other))?.GetProperty("investigationState").GetString() == "concluded", "the investigation is concluded");
        Report("one alert and its investigation", cosmos);

        var incident = (await IncidentAsync(one))!.Value;
        var view = await one.Http.GetFromJsonAsync<JsonElement>($"api/investigations/{incident.GetProperty("investigationId").GetString()}", Stop);
        Assert.NotEmpty(view.GetProperty("investigation").GetProperty("conclusion").GetProperty("summary").GetString()!);
        Assert.NotEqual(0, view.GetProperty("evidence").GetArrayLength());
        Report("reading them", cosmos);

        using var answer = await other.Http.PostAsJsonAsync("api/ask", new { question = "how many targets are up?" }, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Report("one question", cosmos);

        Assert.False(File.Exists(Path.Combine(state.Path, "documents.db")), "Documents went into the embedded store.");
        Assert.Contains(cosmos.Containers["nightwatch/documents"].Stored, d => d["pk"]!.GetValue<string>() == "evidence:default");
        Assert.DoesNotContain(CosmosGateway.Key, one.Output + other.Output, StringComparison.Ordinal);
    }

    /// <summary>An operator who asks while the account refuses everything is told which part is away, not that a request of theirs was not stored.</summary>
    [Fact]
    public async Task Health_WithTheAccountAway_IsAReportThatSaysSo()
    {
        await using var cosmos = await CosmosGateway.StartAsync(TimeProvider.System, Stop);
        await using var azurite = await Azurite.StartAsync(Stop);
        using var state = new ScratchDirectory();
        var settings = new Dictionary<string, string?>
        {
            ["COSMOS_ENDPOINT"] = cosmos.Url.ToString(),
            ["COSMOS_KEY"] = CosmosGateway.Key,
            ["COSMOS_CREATE"] = "true",
            ["COSMOS_TIMEOUT_SECONDS"] = "2",
        };
        await using var app = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, Stop);
        cosmos.OnCall = _ => new CosmosFault { Status = (int)HttpStatusCode.ServiceUnavailable };

        // The check of a second ago may still count.
        var (status, report) = await Eventually.GetAsync(() => HealthAsync(app), health => health.Status != HttpStatusCode.OK);
        cosmos.OnCall = null;
        var (later, _) = await Eventually.GetAsync(() => HealthAsync(app), health => health.Status == HttpStatusCode.OK);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (status, report.GetProperty("status").GetString()));
        Assert.Contains("Senders send again", report.GetProperty("checks")[0].GetRawText(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, later);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Report)> HealthAsync(NightwatchApp app)
    {
        using var answer = await app.Http.GetAsync("api/health", Stop);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Stop));
    }

    private static async Task<JsonElement?> IncidentAsync(NightwatchApp app)
    {
        var listed = await app.Http.GetFromJsonAsync<JsonElement>("api/incidents?pageSize=10", Stop);
        var incidents = listed.GetProperty("incidents");
        return incidents.GetArrayLength() == 0 ? null : incidents[0];
    }

    /// <summary>What it took of the account since the last report; docs/cosmos.md has such numbers.</summary>
    private static void Report(string what, CosmosGateway cosmos)
    {
        var charged = cosmos.TakeCharges().OrderBy(c => c.Key, StringComparer.Ordinal)
            .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value.Calls} ({c.Value.Units:0.#} RU)"));
        TestContext.Current.TestOutputHelper!.WriteLine($"{what}: {string.Join(", ", charged)}");
    }
}
