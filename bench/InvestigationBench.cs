using System.Diagnostics;
using System.Text.Json;
using Nightwatch.Support;

namespace Nightwatch.Bench;

/// <summary>From the webhook to a concluded investigation, with a real Prometheus (that scrapes itself) answering the questions.</summary>
internal static class InvestigationBench
{
    private const int Runs = 20;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var azurite = await Azurite.StartAsync(cancellationToken);
        await using var prometheus = await PrometheusServer.StartAsync(
            "global: {scrape_interval: 1s, evaluation_interval: 1s}\nscrape_configs: [{job_name: prometheus, static_configs: [{targets: ['127.0.0.1:9']}]}]", null, cancellationToken);
        using var state = new ScratchDirectory();
        await using var app = await NightwatchApp.StartAsync(
            state.Path, azurite.ConnectionString, new Dictionary<string, string?> { ["PROMETHEUS_URL"] = prometheus.Url.ToString() }, cancellationToken);
        var samples = new Samples();
        for (var i = 0; i < Runs; i++)
        {
            var started = Stopwatch.GetTimestamp();
            // A group of its own each time, so that each webhook opens an incident.
            using var body = AlertBodies.Webhook($"single-{i}", groups: int.MaxValue);
            (await app.Http.PostAsync("api/alerts/alertmanager", body, cancellationToken)).EnsureSuccessStatusCode();
            await Eventually.TrueAsync(() => ConcludedAsync(app, i + 1, cancellationToken), $"{i + 1} concluded investigations");
            samples.AddSince(started);
        }

        Console.WriteLine($"  webhook to concluded investigation: {samples}");
    }

    private static async Task<bool> ConcludedAsync(NightwatchApp app, int expected, CancellationToken cancellationToken)
    {
        using var answer = JsonDocument.Parse(await app.Http.GetStringAsync("api/incidents?pageSize=100", cancellationToken));
        return answer.RootElement.GetProperty("incidents").EnumerateArray().Count(i => i.GetProperty("investigationState").GetString() == "concluded") >= expected;
    }
}
