using System.Globalization;
using System.Text.Json;
using Nightwatch.Domain.Tests.Alerts;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Incidents;

/// <summary>
/// Grouping of the alerts of ITBench's SRE scenarios (public data, read from beside the repository): pairwise F1, where a pair is right when both alerts are
/// of one scenario. Entities are given the labels that kube-state-metrics and the OpenTelemetry demo give them.
/// </summary>
public sealed class CorrelationBenchTests(ITestOutputHelper output)
{
    [Theory]
    // Scenarios an hour apart, the alerts of one 30 seconds apart; and each scenario in a cluster of its own, all at the same time.
    [InlineData(false, 0.9)]
    [InlineData(true, 0.9)]
    public async Task CorrelateAsync_ItBenchScenarios_GroupsMostPairs(bool atOnce, double atLeast)
    {
        var path = Repository.Bench is { } bench ? Path.Combine(bench, "correlation", "itbench_even.json") : "/work/shared/bench/correlation/itbench_even.json";
        Assert.SkipUnless(File.Exists(path), $"{path} is not on this machine.");
        var (f1, precision, recall) = await MeasureAsync(path, atOnce);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pairwise F1 {f1:0.000}, precision {precision:0.000}, recall {recall:0.000}, at once: {atOnce}"));
        Assert.InRange(f1, atLeast, 1);
    }

    private static async Task<(double F1, double Precision, double Recall)> MeasureAsync(string path, bool atOnce)
    {
        var world = new AlertsWorld();
        var start = world.Clock.Now;
        using var scenarios = JsonDocument.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        var truth = new Dictionary<string, int>(StringComparer.Ordinal);
        var deliveries = new List<(DateTimeOffset At, WebhookAlert Alert)>();
        var number = 0;
        foreach (var scenario in scenarios.RootElement.EnumerateArray())
        {
            var place = 0;
            foreach (var alert in scenario.GetProperty("alerts").EnumerateArray())
            {
                var at = start.AddSeconds(30 * place++).AddHours(atOnce ? 0 : number);
                var labels = Labels(scenario, alert);
                labels["cluster"] = atOnce ? $"cluster-{number}" : "itbench";
                var webhook = new WebhookAlert(labels, at);
                truth[webhook.EpisodeId] = number;
                deliveries.Add((at, webhook));
                deliveries.Add((at.AddMinutes(20), webhook.Resolved(at.AddMinutes(20))));
            }

            number++;
        }

        foreach (var batch in deliveries.GroupBy(d => d.At).OrderBy(g => g.Key))
        {
            world.Clock.Set(batch.Key);
            await world.TakeAsync([.. batch.Select(d => d.Alert)]);
        }

        var episodes = world.Episodes.All(AlertsWorld.Tenant).Where(e => truth.ContainsKey(e.Id)).ToList();
        var (right, wrong, missed) = (0, 0, 0);
        for (var i = 0; i < episodes.Count; i++)
        {
            for (var j = i + 1; j < episodes.Count; j++)
            {
                var belongs = truth[episodes[i].Id] == truth[episodes[j].Id];
                var joined = episodes[i].IncidentId == episodes[j].IncidentId;
                right += belongs && joined ? 1 : 0;
                wrong += !belongs && joined ? 1 : 0;
                missed += belongs && !joined ? 1 : 0;
            }
        }

        var (precision, recall) = ((double)right / (right + wrong), (double)right / (right + missed));
        return (2 * precision * recall / (precision + recall), precision, recall);
    }

    private static Dictionary<string, string> Labels(JsonElement scenario, JsonElement alert)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["alertname"] = alert.GetProperty("alertname").GetString()!, ["severity"] = "warning" };
        var entity = alert.GetProperty("entity").GetString();
        foreach (var group in scenario.GetProperty("groups").EnumerateArray().Where(g => g.GetProperty("id").GetString() == entity))
        {
            if (group.GetProperty("namespace").GetString() is { } name)
            {
                labels["namespace"] = name;
            }
        }

        var known = scenario.GetProperty("groups").EnumerateArray().Select(g => g.GetProperty("namespace").GetString()).FirstOrDefault(n => n is not null && n != "chaos-mesh");
        labels.TryAdd("namespace", known ?? "default");
        var parts = (entity ?? "").Split('-');
        var kind = Array.FindLastIndex(parts, p => p is "service" or "pod" or "deployment");
        if (kind > 0)
        {
            var name = string.Join('-', parts.Take(kind));
            labels[parts[kind]] = parts[kind] == "pod" ? name + "-7d9f8b6c5d-x2x4z" : name;
        }

        return labels;
    }
}
